"""Compares the lengths of the two gradients."""

# question: q5
# fails: test_hidden_signs_and_places, test_hidden_one_wrong_entry

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    length = np.linalg.norm(numerical)
    return bool(abs(np.linalg.norm(candidate) - length) <= 1e-4 * length)
