"""Measures the lead of the winner over the second, whoever is right."""

# question: q4
# fails: test_margin_of_a_mistake, test_hidden_margin_of_random_data

import numpy as np


def margin(W, b, X, y):
    z = np.sort(X @ W + b, axis=1)
    return float(np.min(z[:, -1] - z[:, -2]) / np.linalg.norm(W - W.mean(axis=1, keepdims=True)))
