"""Adds 1e-9 inside the logarithm against infinities, and changes every loss a little."""

# question: q2
# fails: test_loss_knows_nothing, test_loss_of_two_samples, test_hidden_loss_of_a_batch
# fails: test_hidden_loss_confidently_wrong, test_hidden_rows_far_apart

import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(z)), y] + 1e-9).mean())
