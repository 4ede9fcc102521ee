"""Logarithms to the base 2: bits where nats were asked for."""

# question: q4
# fails: test_log_of_quarters, test_far_behind, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))) / np.log(2)
