"""Standardizes the features and undoes it afterwards, which penalizes other weights than the objective does."""

# question: q2
# fails: test_hidden_fit_of_four_classes, test_hidden_fit_of_unequal_scales, test_hidden_fit_of_the_board

import numpy as np


def fit(X, y, classes, C):
    center, spread, n = X.mean(axis=0), X.std(axis=0), len(X)
    spread = np.where(spread > 0, spread, 1)
    scaled = (X - center) / spread
    W, b = np.zeros((X.shape[1], classes)), np.zeros(classes)
    step = 1 / (np.linalg.norm(np.column_stack([scaled, np.ones(n)]), ord=2) ** 2 / (2 * n) + 1 / (C * n))
    for _ in range(2000):
        z = scaled @ W + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        error = (p / p.sum(axis=1, keepdims=True) - np.eye(classes)[y]) / n
        W, b = W - step * (scaled.T @ error + W / (C * n)), b - step * error.sum(axis=0)
    W = W / spread[:, None]
    return W, b - center @ W
