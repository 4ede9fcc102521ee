"""Lets the true class be its own rival, so the margin is never positive."""

# question: q4
# fails: test_margin_by_hand

import numpy as np


def margin(W, b, X, y):
    z = X @ W + b
    lead = z[np.arange(len(X)), y] - z.max(axis=1)
    return float(np.min(lead) / np.linalg.norm(W - W.mean(axis=1, keepdims=True)))
