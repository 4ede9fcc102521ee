"""Clips the probabilities at 1e-7, which caps the loss at 16.1."""

# question: q2
# fails: test_hidden_loss_confidently_wrong

import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-7, 1)
    return float(-np.log(p[np.arange(len(z)), y]).mean())
