"""Fills with -inf, and answers nan for a row in which nothing is kept."""

# question: q5
# fails: test_nothing_left

import numpy as np


def masked_softmax(z, keep, axis=-1):
    with np.errstate(all="ignore"):
        z = np.where(keep, z, -np.inf)
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
