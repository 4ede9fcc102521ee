"""Subtracts in the type it was given: 0 - 200 in eight bits is 56."""

# question: q6
# fails: test_hidden_whole_numbers

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    kind = z.dtype if z.dtype.kind == "f" else np.dtype(float)
    if z.dtype.kind == "b":
        z = z.astype(float)
    if z.dtype == np.float16:
        z = z.astype(float)
    exponentials = np.exp((z - z.max(axis=axis, keepdims=True)).astype(float))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(kind)
