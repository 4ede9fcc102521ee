"""Sums over the whole array, so the samples of a batch mix."""

# question: q1
# fails: test_vjp_of_two_rows, test_hidden_vjp_is_the_matrix_product


def softmax_vjp(p, g):
    return p * (g - (p * g).sum())
