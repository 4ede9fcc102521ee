"""Five steps of gradient descent, for speed."""

# question: q2
# fails: test_fit_counts_right, test_fit_balances_data_and_penalty, test_hidden_fit_of_four_classes
# fails: test_hidden_fit_of_unequal_scales, test_hidden_fit_of_the_board

import numpy as np


def fit(X, y, classes, C):
    W, b, n = np.zeros((X.shape[1], classes)), np.zeros(classes), len(X)
    inputs = np.column_stack([X, np.ones(n)])
    step = 1 / (np.linalg.norm(inputs, ord=2) ** 2 / (2 * n) + 1 / (C * n))
    for _ in range(5):
        z = X @ W + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        error = (p / p.sum(axis=1, keepdims=True) - np.eye(classes)[y]) / n
        W, b = W - step * (X.T @ error + W / (C * n)), b - step * error.sum(axis=0)
    return W, b
