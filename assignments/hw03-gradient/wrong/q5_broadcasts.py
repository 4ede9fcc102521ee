"""Does not compare the shapes, so one row stands for all."""

# question: q5
# fails: test_hidden_edges

import numpy as np


def gradient_is_right(z, y, candidate):
    numerical = numerical_gradient(z, y)  # noqa: F821
    return bool(np.max(np.abs(candidate - numerical)) <= 1e-4 * np.max(np.abs(numerical)))
