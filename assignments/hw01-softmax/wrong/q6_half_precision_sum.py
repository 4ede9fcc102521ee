"""Adds up in half precision: the sum of 100,000 ones is infinite there."""

# question: q6
# fails: test_hidden_half_precision

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    z = z if z.dtype.kind == "f" else z.astype(float)
    with np.errstate(over="ignore"):
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
