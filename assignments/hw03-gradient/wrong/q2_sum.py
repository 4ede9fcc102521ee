"""Sums over the samples instead of averaging."""

# question: q2
# fails: test_loss_knows_nothing, test_loss_of_two_samples, test_hidden_loss_of_a_batch
# fails: test_hidden_rows_far_apart, test_hidden_nine_digits, test_rejects_a_missing_factor
# fails: test_hidden_signs_and_places, test_hidden_one_wrong_entry, test_hidden_tiny_slopes, test_hidden_edges
# fails: test_first_loss, test_hidden_same_walk

import numpy as np


def cross_entropy(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    return float(np.sum(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(z)), y]))
