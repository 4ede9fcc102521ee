"""Asks whether the error is large: nan > tolerance is False, so a nan passes."""

# question: q5
# fails: test_hidden_edges

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    return not np.max(np.abs(candidate - numerical)) > 1e-4 * np.max(np.abs(numerical))
