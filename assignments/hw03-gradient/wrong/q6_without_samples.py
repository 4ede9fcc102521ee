"""Forgets that the loss is a mean: no factor N."""

# question: q6
# fails: test_step_by_hand, test_hidden_random_features

import numpy as np


def safe_step(X):
    return float(2 / np.linalg.eigvalsh(X.T @ X)[-1])
