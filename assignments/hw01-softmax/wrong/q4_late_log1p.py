"""log1p of the whole sum minus one: the digits are already gone when log1p is called."""

# question: q4
# fails: test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log1p(np.exp(shifted).sum(axis=axis, keepdims=True) - 1)
