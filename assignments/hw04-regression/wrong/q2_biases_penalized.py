"""Appends a column of ones and penalizes its weights with the others."""

# question: q2
# fails: test_fit_counts_right, test_hidden_fit_of_four_classes, test_hidden_fit_of_unequal_scales
# fails: test_hidden_fit_of_the_board

import numpy as np


def fit(X, y, classes, C):
    n = len(X)
    inputs = np.column_stack([X, np.ones(n)])
    theta = np.zeros((inputs.shape[1], classes))
    step = 1 / (np.linalg.norm(inputs, ord=2) ** 2 / (2 * n) + 1 / (C * n))
    for _ in range(2000):
        z = inputs @ theta
        p = np.exp(z - z.max(axis=1, keepdims=True))
        error = (p / p.sum(axis=1, keepdims=True) - np.eye(classes)[y]) / n
        theta = theta - step * (inputs.T @ error + theta / (C * n))
    return theta[:-1], theta[-1]
