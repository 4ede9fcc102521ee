"""Lets the step shrink like 1/t, as for noisy gradients."""

# question: q7
# fails: test_hidden_same_walk

import numpy as np


def descend(X, y, classes, step, steps):
    W = np.zeros((X.shape[1], classes))
    losses = [cross_entropy(X @ W, y)]  # noqa: F821
    for t in range(steps):
        W = W - step / (1 + t) * X.T @ cross_entropy_gradient(X @ W, y)  # noqa: F821
        losses.append(cross_entropy(X @ W, y))  # noqa: F821
    return W, np.array(losses)
