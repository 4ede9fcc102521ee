"""Takes the largest diagonal entry of X'X: right for features that are orthogonal, too long for others."""

# question: q6
# fails: test_hidden_random_features

import numpy as np


def safe_step(X):
    return float(2 * len(X) / np.max(np.sum(X**2, axis=0)))
