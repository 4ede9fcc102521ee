"""Turns the array to work on rows and forgets to turn the answer back."""

# question: q2
# fails: test_columns, test_hidden_three_dimensions

import numpy as np


def batch_softmax(z, axis=-1):
    exponentials = np.exp(np.moveaxis(z, axis, -1))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
