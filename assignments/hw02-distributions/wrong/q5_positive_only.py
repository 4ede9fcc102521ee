"""Searches from 0 upwards: means below the plain average are out of reach."""

# question: q5
# fails: test_fair_and_mirrored, test_hidden_any_unit, test_hidden_near_the_edge, test_hidden_any_scores

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None

    def surplus(beta):
        with np.errstate(all="ignore"):
            weights = np.exp(beta * scores - (beta * scores).max())
            return np.sum(weights * (scores - mean)) / weights.sum()

    low, high = 0.0, 1 / np.ptp(scores)
    while surplus(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
