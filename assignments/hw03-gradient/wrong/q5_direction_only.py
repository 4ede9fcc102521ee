"""Compares directions by their cosine and is blind to factors."""

# question: q5
# fails: test_rejects_a_missing_factor, test_hidden_signs_and_places, test_hidden_tiny_slopes

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    if np.shape(candidate) != numerical.shape:
        return False
    lengths = np.linalg.norm(candidate) * np.linalg.norm(numerical)
    if lengths == 0:
        return bool(np.array_equal(candidate, numerical))
    return bool(np.sum(candidate * numerical) / lengths > 1 - 1e-10)
