"""Divides by the mean of the exponentials instead of their sum."""

# question: q2
# fails: test_each_row_alone, test_columns, test_hidden_square, test_hidden_three_dimensions

import numpy as np


def batch_softmax(z, axis=-1):
    exponentials = np.exp(z)
    return exponentials / exponentials.mean(axis=axis, keepdims=True)
