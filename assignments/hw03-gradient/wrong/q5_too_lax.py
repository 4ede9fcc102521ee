"""Accepts a deviation of a tenth."""

# question: q5
# fails: test_hidden_signs_and_places, test_hidden_one_wrong_entry, test_hidden_tiny_slopes

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    return bool(np.max(np.abs(candidate - numerical)) <= 0.1 * np.max(np.abs(numerical)))
