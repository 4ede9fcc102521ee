"""Nudges a float32 copy, in which a step of 1e-5 has two digits."""

# question: q4
# fails: test_hidden_nine_digits, test_hidden_large_step

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    z = z.astype(np.float32)
    slopes = np.zeros(z.shape, np.float32)
    for place in np.ndindex(*z.shape):
        nudge = np.zeros(z.shape, np.float32)
        nudge[place] = step
        slopes[place] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / (2 * step)  # noqa: F821
    return slopes
