"""Takes the last axis for axis number 1, which is true for tables only."""

# question: q2
# fails: test_hidden_three_dimensions

import numpy as np


def batch_softmax(z, axis=-1):
    axis = 1 if axis == -1 else axis
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
