"""Uses the logarithm to base 2: bits in place of nats."""

# question: q2
# fails: test_loss_knows_nothing, test_loss_of_two_samples, test_hidden_loss_of_a_batch
# fails: test_hidden_loss_confidently_wrong, test_hidden_rows_far_apart

import numpy as np


def cross_entropy(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    nats = np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(z)), y])
    return float(nats / np.log(2))
