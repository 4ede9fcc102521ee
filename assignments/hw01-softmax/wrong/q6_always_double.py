"""Answers in double precision whatever it was given."""

# question: q6
# fails: test_type_kept, test_hidden_half_precision

import numpy as np


def polite_softmax(z, axis=-1):
    wide = np.asarray(z, dtype=float)
    exponentials = np.exp(wide - wide.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
