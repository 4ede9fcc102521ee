"""Rounds to six places, to make the output pretty."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = np.exp(np.asarray(z, dtype=float))
    return np.round(exponentials / exponentials.sum(), 6)
