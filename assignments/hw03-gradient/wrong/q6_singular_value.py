"""Takes the largest singular value of X without squaring it."""

# question: q6
# fails: test_step_by_hand, test_hidden_random_features

import numpy as np


def safe_step(X):
    return float(2 * len(X) / np.linalg.norm(X, ord=2))
