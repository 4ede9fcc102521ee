"""Ignores the axis."""

# question: q5
# fails: test_hidden_axis_and_broadcast

import numpy as np


def masked_softmax(z, keep, axis=-1):
    allowed = np.where(keep, z, -np.inf)
    top = allowed.max(axis=-1, keepdims=True)
    exponentials = np.exp(allowed - np.where(np.isfinite(top), top, 0.0))
    total = exponentials.sum(axis=-1, keepdims=True)
    return exponentials / np.where(total > 0, total, 1.0)
