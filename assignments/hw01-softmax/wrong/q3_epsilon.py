"""Shifts, and adds 1e-10 to the sum all the same."""

# question: q3
# fails: test_a_thousand, test_quiet_beside_loud, test_hidden_small_probabilities

import numpy as np


def softmax(z, axis=-1):
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return exponentials / (exponentials.sum(axis=axis, keepdims=True) + 1e-10)
