"""Never returns None: the search runs against the end of its range."""

# question: q5
# fails: test_no_such_die

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)

    def surplus(beta):
        with np.errstate(all="ignore"):
            weights = np.exp(beta * scores - (beta * scores).max())
            return np.sum(weights * (scores - mean)) / weights.sum()

    low, high = -1 / np.ptp(scores), 1 / np.ptp(scores)
    while surplus(low) > 0 and low > -1e9 / np.ptp(scores):
        low *= 2
    while surplus(high) < 0 and high < 1e9 / np.ptp(scores):
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
