"""Ignores the argument `step`."""

# question: q4
# fails: test_hidden_large_step

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    slopes = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        nudge = np.zeros(z.shape)
        nudge[place] = 1e-5
        slopes[place] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / 2e-5  # noqa: F821
    return slopes
