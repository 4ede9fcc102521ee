"""Sums over the samples instead of averaging."""

# question: q2
# fails: test_loss_knows_nothing, test_loss_of_two_samples, test_hidden_loss_of_a_batch
# fails: test_hidden_rows_far_apart

import numpy as np


def cross_entropy(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    return float(np.sum(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(z)), y]))
