"""Divides the scores themselves by their sum: shares above one and below zero."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    z = np.asarray(z, dtype=float)
    return z / z.sum()
