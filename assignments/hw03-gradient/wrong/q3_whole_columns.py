"""Subtracts 1 from whole columns: p[:, y] picks columns, not one entry a row."""

# question: q3
# fails: test_gradient_of_two_samples, test_hidden_gradient_of_a_batch

import numpy as np


def cross_entropy_gradient(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, y] -= 1
    return p / len(z)
