"""The wrong sign in the exponent, as for energies: the lowest score wins."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = np.exp(-np.asarray(z, dtype=float))
    return exponentials / exponentials.sum()
