"""Takes logarithms to base 2, but softmax raises e to them."""

# question: q6
# fails: test_ideal_single_lamp, test_hidden_ideal_is_bayes, test_hidden_ideal_with_shares

import numpy as np


def ideal_weights(glyphs, broken, shares):
    trust = np.log2((1 - broken) / broken)
    return trust * (2 * glyphs.T - 1), np.log2(shares) - trust * glyphs.sum(axis=1)
