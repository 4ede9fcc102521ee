"""Asks for thirteen digits, which central differences do not have."""

# question: q5
# fails: test_accepts_the_gradient, test_hidden_signs_and_places, test_hidden_one_wrong_entry
# fails: test_hidden_tiny_slopes, test_hidden_edges

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    return bool(np.max(np.abs(candidate - numerical)) <= 1e-13 * np.max(np.abs(numerical)))
