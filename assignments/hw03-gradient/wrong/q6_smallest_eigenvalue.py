"""Takes the first eigenvalue that eigvalsh returns, which is the smallest."""

# question: q6
# fails: test_step_by_hand, test_hidden_random_features

import numpy as np


def safe_step(X):
    with np.errstate(divide="ignore"):
        return float(2 * len(X) / np.linalg.eigvalsh(X.T @ X)[0])
