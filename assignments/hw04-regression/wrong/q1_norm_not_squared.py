"""Penalizes the length of the weights, not its square."""

# question: q1
# fails: test_penalty_by_hand, test_hidden_objective_anywhere, test_hidden_objective_of_large_logits

import numpy as np


def objective(W, b, X, y, C):
    z = X @ W + b
    top = z.max(axis=1, keepdims=True)
    log_p = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(X)), y].mean() + np.linalg.norm(W) / (2 * C * len(X)))
