"""Takes the logarithm of 1 - e in place of that of the odds (1 - e)/e."""

# question: q6
# fails: test_ideal_single_lamp, test_hidden_ideal_is_bayes, test_hidden_ideal_with_shares

import numpy as np


def ideal_weights(glyphs, broken, shares):
    trust = np.log(1 - broken)
    return trust * (2 * glyphs.T - 1), np.log(shares) - trust * glyphs.sum(axis=1)
