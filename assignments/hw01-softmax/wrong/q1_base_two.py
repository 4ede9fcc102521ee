"""Powers of two in place of powers of e: the odds of a one-point lead are 2 instead of e."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = 2.0 ** np.asarray(z, dtype=float)
    return exponentials / exponentials.sum()
