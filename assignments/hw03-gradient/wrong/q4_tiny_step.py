"""Ignores the argument and takes 1e-12, where nothing but rounding is left."""

# question: q4
# fails: test_differences_of_one_sample, test_hidden_nine_digits, test_hidden_large_step

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    step = 1e-12
    slopes = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        nudge = np.zeros(z.shape)
        nudge[place] = step
        slopes[place] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / (2 * step)  # noqa: F821
    return slopes
