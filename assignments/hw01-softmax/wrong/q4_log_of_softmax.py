"""The logarithm of a stable softmax: -inf for a class that is far behind, 0 for a clear leader."""

# question: q4
# fails: test_far_behind, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    with np.errstate(divide="ignore"):
        return np.log(exponentials / exponentials.sum(axis=axis, keepdims=True))
