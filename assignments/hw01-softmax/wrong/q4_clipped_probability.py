"""Clips the probability at 1e-300 before the logarithm: nobody is further behind than 690 points."""

# question: q4
# fails: test_far_behind, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.log(np.maximum(exponentials / exponentials.sum(axis=axis, keepdims=True), 1e-300))
