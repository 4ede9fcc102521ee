"""Fills with -1e9: the class that is ruled out wins as soon as all others are below that, and an empty row becomes uniform."""

# question: q5
# fails: test_nothing_left, test_hidden_loud_and_deep

import numpy as np


def masked_softmax(z, keep, axis=-1):
    z = np.where(keep, z, -1e9)
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
