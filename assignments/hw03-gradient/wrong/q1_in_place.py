"""Computes in the arrays that it was given."""

# question: q1
# fails: test_hidden_vjp_keeps_inputs


def softmax_vjp(p, g):
    g -= (p * g).sum(axis=-1, keepdims=True)
    g *= p
    return g
