"""Shifts by the largest magnitude: negative scores are pushed down instead of up."""

# question: q3
# fails: test_a_thousand, test_hidden_huge, test_hidden_small_probabilities, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - np.abs(z).max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
