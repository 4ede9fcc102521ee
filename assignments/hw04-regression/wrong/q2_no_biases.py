"""Fits weights only; the biases stay zero."""

# question: q2
# fails: test_fit_counts_right, test_hidden_fit_of_four_classes, test_hidden_fit_of_unequal_scales
# fails: test_hidden_fit_of_the_board

import numpy as np


def fit(X, y, classes, C):
    W, n = np.zeros((X.shape[1], classes)), len(X)
    step = 1 / (np.linalg.norm(X, ord=2) ** 2 / (2 * n) + 1 / (C * n))
    for _ in range(2000):
        z = X @ W
        p = np.exp(z - z.max(axis=1, keepdims=True))
        error = (p / p.sum(axis=1, keepdims=True) - np.eye(classes)[y]) / n
        W = W - step * (X.T @ error + W / (C * n))
    return W, np.zeros(classes)
