"""Divides the two-sided difference by h in place of 2h."""

# question: q4
# fails: test_differences_of_one_sample, test_hidden_nine_digits, test_hidden_large_step

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    slopes = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        nudge = np.zeros(z.shape)
        nudge[place] = step
        slopes[place] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / step  # noqa: F821
    return slopes
