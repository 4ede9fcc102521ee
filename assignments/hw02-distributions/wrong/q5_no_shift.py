"""Exponentials without a shift overflow while the range is widened, and nan compares as false."""

# question: q5
# fails: test_hidden_any_unit

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None

    def surplus(beta):
        with np.errstate(all="ignore"):
            weights = np.exp(beta * scores)
            return np.sum(weights * (scores - mean)) / weights.sum()

    low, high = -1.0, 1.0
    while surplus(low) > 0:
        low *= 2
    while surplus(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
