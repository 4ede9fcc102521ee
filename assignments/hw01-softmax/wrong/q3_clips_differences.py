"""Shifts, and then clips the differences at -100: every class keeps at least 1e-44."""

# question: q3
# fails: test_quiet_beside_loud, test_hidden_huge, test_hidden_small_probabilities, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    exponentials = np.exp(np.maximum(z - z.max(axis=axis, keepdims=True), -100.0))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
