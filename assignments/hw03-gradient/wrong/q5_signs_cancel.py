"""Averages the signed deviations, which cancel."""

# question: q5
# fails: test_rejects_a_missing_factor, test_hidden_signs_and_places, test_hidden_one_wrong_entry
# fails: test_hidden_tiny_slopes

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    return bool(abs(np.mean(candidate - numerical)) <= 1e-4 * np.max(np.abs(numerical)))
