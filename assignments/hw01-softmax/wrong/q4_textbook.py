"""Score minus log-sum-exp, shifted: right everywhere but for a clear leader, whose digits drown in 1 + tiny."""

# question: q4
# fails: test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
