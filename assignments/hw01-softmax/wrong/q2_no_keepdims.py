"""keepdims=True is missing: silent for square batches, an error for most others."""

# question: q2
# fails: test_each_row_alone, test_hidden_square, test_hidden_three_dimensions

import numpy as np


def batch_softmax(z, axis=-1):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=axis)
