"""Counts the right answers among all pieces instead of among those that are sorted."""

# question: q3
# fails: test_hidden_largest_coverage, test_hidden_equal_confidences

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    best = (1.0, 0.0)
    for t in np.unique(confidence):
        above = confidence >= t
        if np.mean(right & above) >= target and above.mean() > best[1]:
            best = (float(t), float(above.mean()))
    return best
