"""Reads the mask the other way around, as if true meant ruled out."""

# question: q5
# fails: test_the_rest_shares_it, test_nothing_left, test_hidden_leftovers, test_hidden_loud_and_deep, test_hidden_axis_and_broadcast

import numpy as np


def masked_softmax(z, keep, axis=-1):
    allowed = np.where(keep, -np.inf, z)
    top = allowed.max(axis=axis, keepdims=True)
    exponentials = np.exp(allowed - np.where(np.isfinite(top), top, 0.0))
    total = exponentials.sum(axis=axis, keepdims=True)
    return exponentials / np.where(total > 0, total, 1.0)
