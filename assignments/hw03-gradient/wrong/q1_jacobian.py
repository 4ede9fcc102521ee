"""Builds the K x K Jacobian of every row: right, until there are many classes."""

# question: q1
# fails: test_hidden_many_classes

import numpy as np


def softmax_vjp(p, g):
    jacobian = p[..., :, None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
    return np.einsum("...i,...ij->...j", g, jacobian)
