"""Takes the trace of X'X, the sum of all eigenvalues."""

# question: q6
# fails: test_step_by_hand, test_hidden_random_features

import numpy as np


def safe_step(X):
    return float(2 * len(X) / np.trace(X.T @ X))
