"""Nudges a whole column at once: the sum of the slopes, written to every sample."""

# question: q4
# fails: test_hidden_nine_digits

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    slopes = np.zeros(z.shape)
    for k in range(z.shape[1]):
        nudge = np.zeros(z.shape)
        nudge[:, k] = step
        slopes[:, k] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / (2 * step)  # noqa: F821
    return slopes
