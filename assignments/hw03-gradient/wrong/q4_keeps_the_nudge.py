"""Nudges the caller's logits and does not take the nudge back."""

# question: q4
# fails: test_logits_as_before, test_hidden_nine_digits

import numpy as np


def numerical_gradient(z, y, step=1e-5):
    slopes = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        z[place] += step
        above = cross_entropy(z, y)  # noqa: F821
        z[place] -= 2 * step
        slopes[place] = (above - cross_entropy(z, y)) / (2 * step)  # noqa: F821
    return slopes
