"""Penalizes the biases along with the weights."""

# question: q1
# fails: test_hidden_objective_anywhere

import numpy as np


def objective(W, b, X, y, C):
    z = X @ W + b
    top = z.max(axis=1, keepdims=True)
    log_p = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(X)), y].mean()
    return float(loss + (np.sum(W**2) + np.sum(b**2)) / (2 * C * len(X)))
