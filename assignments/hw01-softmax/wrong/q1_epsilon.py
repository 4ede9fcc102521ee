"""A small number in the denominator, against a division by zero that cannot happen: shares that add up to less than one."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = np.exp(np.asarray(z, dtype=float))
    return exponentials / (exponentials.sum() + 1e-8)
