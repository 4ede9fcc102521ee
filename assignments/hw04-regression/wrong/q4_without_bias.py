"""Leaves the biases out of the logits."""

# question: q4
# fails: test_hidden_margin_of_random_data

import numpy as np


def margin(W, b, X, y):
    z = X @ W
    rows = np.arange(len(X))
    own = z[rows, y].copy()
    z[rows, y] = -np.inf
    return float(np.min(own - z.max(axis=1)) / np.linalg.norm(W - W.mean(axis=1, keepdims=True)))
