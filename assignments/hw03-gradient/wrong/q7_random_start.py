"""Starts from random weights, as a network with hidden layers must."""

# question: q7
# fails: test_first_loss, test_one_step_by_hand, test_hidden_same_walk, test_hidden_a_class_without_samples
# fails: test_hidden_never_climbs

import numpy as np


def descend(X, y, classes, step, steps):
    W = 0.1 * np.random.default_rng(0).normal(size=(X.shape[1], classes))
    losses = [cross_entropy(X @ W, y)]  # noqa: F821
    for _ in range(steps):
        W = W - step * X.T @ cross_entropy_gradient(X @ W, y)  # noqa: F821
        losses.append(cross_entropy(X @ W, y))  # noqa: F821
    return W, np.array(losses)
