"""Subtracts the maximum of the whole batch: rows far below it underflow."""

# question: q2
# fails: test_hidden_rows_far_apart

import numpy as np


def cross_entropy(z, y):
    shifted = z - z.max()
    with np.errstate(divide="ignore"):
        return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(z)), y]))
