"""Differentiates the clipped loss: samples that are badly wrong get no gradient."""

# question: q3
# fails: test_hidden_gradient_confidently_wrong

import numpy as np


def cross_entropy_gradient(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    heard = p[np.arange(len(z)), y] > 1e-7
    return heard[:, None] * (p - np.eye(z.shape[1])[y]) / len(z)
