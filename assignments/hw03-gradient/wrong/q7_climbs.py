"""Adds the gradient."""

# question: q7
# fails: test_one_step_by_hand, test_hidden_same_walk, test_hidden_a_class_without_samples
# fails: test_hidden_never_climbs

import numpy as np


def descend(X, y, classes, step, steps):
    W = np.zeros((X.shape[1], classes))
    losses = [cross_entropy(X @ W, y)]  # noqa: F821
    for _ in range(steps):
        W = W + step * X.T @ cross_entropy_gradient(X @ W, y)  # noqa: F821
        losses.append(cross_entropy(X @ W, y))  # noqa: F821
    return W, np.array(losses)
