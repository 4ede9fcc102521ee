"""Forgets how often each digit occurs."""

# question: q6
# fails: test_hidden_ideal_with_shares

import numpy as np


def ideal_weights(glyphs, broken, shares):
    trust = np.log((1 - broken) / broken)
    return trust * (2 * glyphs.T - 1), -trust * glyphs.sum(axis=1)
