"""Takes the Jacobian for a diagonal matrix, as if every probability had its own logit (true of sigmoids)."""

# question: q1
# fails: test_vjp_by_hand, test_vjp_of_two_rows, test_hidden_vjp_is_the_matrix_product, test_hidden_many_classes


def softmax_vjp(p, g):
    return p * (1 - p) * g
