"""Computes everything in single precision: fine for 16 and 32 bits, half of the digits for 64."""

# question: q6
# fails: test_input_unchanged, test_type_kept, test_hidden_whole_numbers

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    kind = z.dtype if z.dtype.kind == "f" else np.dtype(float)
    single = z.astype(np.float32)
    exponentials = np.exp(single - single.max(axis=axis, keepdims=True))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(kind)
