"""Truth minus prediction: the direction of descent, not the gradient."""

# question: q3
# fails: test_gradient_of_one_sample, test_gradient_of_two_samples, test_hidden_gradient_of_a_batch
# fails: test_hidden_gradient_confidently_wrong

import numpy as np


def cross_entropy_gradient(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return (np.eye(z.shape[1])[y] - p) / len(z)
