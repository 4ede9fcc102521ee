"""Clips the probabilities at 1e-12: no sample pays more than 27.6."""

# question: q1
# fails: test_hidden_objective_of_large_logits

import numpy as np


def objective(W, b, X, y, C):
    z = X @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = np.clip(p / p.sum(axis=1, keepdims=True), 1e-12, 1)
    return float(-np.log(p[np.arange(len(X)), y]).mean() + np.sum(W**2) / (2 * C * len(X)))
