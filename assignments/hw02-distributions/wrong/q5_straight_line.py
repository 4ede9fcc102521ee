"""Takes the mean for a straight line in beta: (m - average) / variance, the first step of Newton's method from 0."""

# question: q5
# fails: test_the_rumor, test_fair_and_mirrored, test_hidden_any_unit, test_hidden_near_the_edge, test_hidden_any_scores

import numpy as np


def maxent(scores, mean):
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None
    return float((mean - scores.mean()) / scores.var())
