"""Divides by the norm of the weights as they are, which a common shift of all classes changes."""

# question: q4
# fails: test_margin_by_hand, test_hidden_margin_of_random_data, test_hidden_margin_in_units

import numpy as np


def margin(W, b, X, y):
    z = X @ W + b
    rows = np.arange(len(X))
    own = z[rows, y].copy()
    z[rows, y] = -np.inf
    return float(np.min(own - z.max(axis=1)) / np.linalg.norm(W))
