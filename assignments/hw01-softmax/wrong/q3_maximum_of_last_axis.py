"""Sums along the axis that was asked for, and takes the maximum along the last one."""

# question: q3
# fails: test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
