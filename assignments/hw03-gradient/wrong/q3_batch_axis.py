"""Normalizes over the batch instead of the classes."""

# question: q3
# fails: test_gradient_of_one_sample, test_hidden_gradient_of_a_batch, test_hidden_gradient_confidently_wrong

import numpy as np


def cross_entropy_gradient(z, y):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    p = e / e.sum(axis=0, keepdims=True)
    return (p - np.eye(z.shape[1])[y]) / len(z)
