"""Gives whole numbers back as whole numbers: every probability is cut to 0."""

# question: q6
# fails: test_hidden_whole_numbers

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    wide = z.astype(float)
    exponentials = np.exp(wide - wide.max(axis=axis, keepdims=True))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(z.dtype)
