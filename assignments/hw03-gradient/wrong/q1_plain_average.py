"""Subtracts the average of the slopes in place of their mean under p."""

# question: q1
# fails: test_vjp_of_two_rows, test_hidden_vjp_is_the_matrix_product, test_hidden_many_classes


def softmax_vjp(p, g):
    return p * (g - g.mean(axis=-1, keepdims=True))
