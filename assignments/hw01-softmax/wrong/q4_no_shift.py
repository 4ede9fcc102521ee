"""Score minus the logarithm of an unshifted sum: overflows."""

# question: q4
# fails: test_far_behind, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
