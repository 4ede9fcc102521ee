"""Exchanges the probabilities of a lamp that lies and one that does not."""

# question: q6
# fails: test_ideal_single_lamp, test_hidden_ideal_is_bayes, test_hidden_ideal_with_shares

import numpy as np


def ideal_weights(glyphs, broken, shares):
    trust = np.log(broken / (1 - broken))
    return trust * (2 * glyphs.T - 1), np.log(shares) - trust * glyphs.sum(axis=1)
