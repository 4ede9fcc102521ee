"""Searches between -20 and 20: fine for dice, not for scores in thousandths."""

# question: q5
# fails: test_hidden_any_unit

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None

    def surplus(beta):
        with np.errstate(all="ignore"):
            weights = np.exp(beta * scores - (beta * scores).max())
            return np.sum(weights * (scores - mean)) / weights.sum()

    low, high = -20.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
