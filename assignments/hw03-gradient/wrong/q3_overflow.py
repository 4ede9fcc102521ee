"""Softmax without a shift: nan beyond 709."""

# question: q3
# fails: test_hidden_gradient_confidently_wrong

import numpy as np


def cross_entropy_gradient(z, y):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        p = e / e.sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[y]) / len(z)
