"""Multiplies the exponentials by the mask and then shares out: nan and inf survive a factor of 0, and the ruled-out maximum still shifts."""

# question: q5
# fails: test_hidden_leftovers, test_hidden_loud_and_deep

import numpy as np


def masked_softmax(z, keep, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True)) * keep
        total = exponentials.sum(axis=axis, keepdims=True)
        return exponentials / np.where(total == 0, 1.0, total)
