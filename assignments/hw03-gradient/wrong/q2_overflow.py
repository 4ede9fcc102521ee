"""No shift at all: exp overflows beyond 709."""

# question: q2
# fails: test_hidden_loss_confidently_wrong, test_hidden_rows_far_apart

import numpy as np


def cross_entropy(z, y):
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), y]))
