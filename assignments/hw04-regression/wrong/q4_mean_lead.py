"""Averages the leads: one mistake among many right answers disappears."""

# question: q4
# fails: test_margin_by_hand, test_margin_of_a_mistake, test_hidden_margin_of_random_data

import numpy as np


def margin(W, b, X, y):
    z = X @ W + b
    rows = np.arange(len(X))
    own = z[rows, y].copy()
    z[rows, y] = -np.inf
    return float(np.mean(own - z.max(axis=1)) / np.linalg.norm(W - W.mean(axis=1, keepdims=True)))
