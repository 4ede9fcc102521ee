"""Writes each loss before its step and none after the last one."""

# question: q7
# fails: test_first_loss, test_one_step_by_hand, test_hidden_same_walk, test_hidden_never_climbs

import numpy as np


def descend(X, y, classes, step, steps):
    W, losses = np.zeros((X.shape[1], classes)), []
    for _ in range(steps):
        losses.append(cross_entropy(X @ W, y))  # noqa: F821
        W = W - step * X.T @ cross_entropy_gradient(X @ W, y)  # noqa: F821
    return W, np.array(losses)
