"""Leaves out one leader for the whole batch instead of one in each row."""

# question: q4
# fails: test_log_of_quarters, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        shifted = z - z.max()
        others = np.exp(shifted)
        others[np.unravel_index(z.argmax(), z.shape)] = 0.0
        return shifted - np.log1p(others.sum(axis=axis, keepdims=True))
