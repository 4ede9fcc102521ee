"""Averages the absolute deviations: one wrong entry among hundreds disappears."""

# question: q5
# fails: test_hidden_one_wrong_entry

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    return bool(np.mean(np.abs(candidate - numerical)) <= 1e-4 * np.max(np.abs(numerical)))
