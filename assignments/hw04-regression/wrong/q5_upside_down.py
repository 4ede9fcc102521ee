"""The odds of j against i."""

# question: q5
# fails: test_odds_by_hand, test_hidden_odds_before_and_after

import numpy as np


def odds_factor(W, i, j, change):
    return float(np.exp(change @ (W[:, j] - W[:, i])))
