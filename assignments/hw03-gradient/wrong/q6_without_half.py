"""Bounds diag(p) - pp' by 1 in place of 1/2: safe, and half as long as it may be."""

# question: q6
# fails: test_step_by_hand, test_hidden_random_features

import numpy as np


def safe_step(X):
    return float(len(X) / np.linalg.eigvalsh(X.T @ X)[-1])
