"""Keeps types and input, and forgets the shift of question 3."""

# question: q6
# fails: test_input_unchanged, test_hidden_whole_numbers

import numpy as np


def polite_softmax(z, axis=-1):
    z = np.asarray(z)
    kind = z.dtype if z.dtype.kind == "f" else np.dtype(float)
    with np.errstate(all="ignore"):
        exponentials = np.exp(z.astype(float))
        return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(kind)
