"""Forgets the 1/N of the mean."""

# question: q3
# fails: test_gradient_of_two_samples, test_hidden_gradient_of_a_batch, test_hidden_gradient_confidently_wrong

import numpy as np


def cross_entropy_gradient(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p - np.eye(z.shape[1])[y]
