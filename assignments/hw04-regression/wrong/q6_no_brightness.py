"""Has the right weights and forgets that a digit with many lit lamps must be lit brightly."""

# question: q6
# fails: test_ideal_single_lamp, test_hidden_ideal_is_bayes

import numpy as np


def ideal_weights(glyphs, broken, shares):
    return np.log((1 - broken) / broken) * (2 * glyphs.T - 1), np.log(shares)
