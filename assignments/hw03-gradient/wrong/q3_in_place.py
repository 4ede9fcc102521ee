"""Shifts the caller's logits."""

# question: q3
# fails: test_hidden_gradient_keeps_inputs

import numpy as np


def cross_entropy_gradient(z, y):
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[y]) / len(z)
