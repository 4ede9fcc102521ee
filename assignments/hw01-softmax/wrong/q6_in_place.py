"""Subtracts the maximum in place: the caller's scores are gone."""

# question: q6
# fails: test_input_unchanged

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    kind = z.dtype if z.dtype.kind == "f" else np.dtype(float)
    if z.dtype.kind != "f":
        z = z.astype(float)
    if z.dtype == np.float64:
        z -= z.max(axis=axis, keepdims=True)
    wide = z.astype(float)
    exponentials = np.exp(wide - wide.max(axis=axis, keepdims=True))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(kind)
