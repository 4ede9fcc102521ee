"""Newton's method without a safeguard: where the mean is flat it jumps far away and does not come back."""

# question: q5
# fails: test_hidden_near_the_edge

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None
    beta = 0.0
    for _ in range(50):
        p = np.exp(beta * scores - (beta * scores).max())
        p = p / p.sum()
        average = np.sum(p * scores)
        variance = np.sum(p * (scores - average) ** 2)
        if variance == 0:
            break
        beta += (mean - average) / variance
    return float(beta)
