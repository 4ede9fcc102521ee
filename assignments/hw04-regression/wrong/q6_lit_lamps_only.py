"""Counts the lamps that are on and ignores the evidence of the dark ones."""

# question: q6
# fails: test_ideal_single_lamp, test_hidden_ideal_is_bayes, test_hidden_ideal_with_shares

import numpy as np


def ideal_weights(glyphs, broken, shares):
    return np.log((1 - broken) / broken) * glyphs.T, np.log(shares)
