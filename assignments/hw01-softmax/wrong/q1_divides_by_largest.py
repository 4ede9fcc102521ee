"""Divides by the largest exponential instead of the sum, so the leader gets 1."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = np.exp(np.asarray(z, dtype=float))
    return exponentials / exponentials.max()
