"""Sorts what is strictly above the threshold."""

# question: q3
# fails: test_answers_by_hand, test_hidden_largest_coverage, test_hidden_equal_confidences

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    best = (1.0, 0.0)
    for t in np.unique(confidence)[:-1]:
        above = confidence > t
        if right[above].mean() >= target and above.mean() > best[1]:
            best = (float(t), float(above.mean()))
    return best
