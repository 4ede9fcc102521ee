"""The default axis is the first one: pictures compete, not classes."""

# question: q2
# fails: test_each_row_alone, test_hidden_square

import numpy as np


def batch_softmax(z, axis=0):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
