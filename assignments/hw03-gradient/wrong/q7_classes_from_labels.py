"""Counts the classes in the labels and loses those without a sample."""

# question: q7
# fails: test_hidden_a_class_without_samples

import numpy as np


def descend(X, y, classes, step, steps):
    W = np.zeros((X.shape[1], np.max(y) + 1))
    losses = [cross_entropy(X @ W, y)]  # noqa: F821
    for _ in range(steps):
        W = W - step * X.T @ cross_entropy_gradient(X @ W, y)  # noqa: F821
        losses.append(cross_entropy(X @ W, y))  # noqa: F821
    return W, np.array(losses)
