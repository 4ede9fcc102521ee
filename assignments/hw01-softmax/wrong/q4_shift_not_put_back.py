"""Shifts inside the exponential and forgets to put the maximum back outside."""

# question: q4
# fails: test_log_of_quarters, test_far_behind, test_hidden_batches

import numpy as np


def log_softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    leader = np.expand_dims(z.argmax(axis=axis), axis)
    others = np.exp(z - np.take_along_axis(z, leader, axis))
    np.put_along_axis(others, leader, 0.0, axis)
    return z - np.log1p(others.sum(axis=axis, keepdims=True))
