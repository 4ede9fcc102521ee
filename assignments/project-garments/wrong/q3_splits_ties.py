"""Cuts between pieces of equal confidence, in the order in which they came."""

# question: q3
# fails: test_hidden_equal_confidences

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    order = np.argsort(-confidence, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= target)
    if not len(enough):
        return 1.0, 0.0
    return float(confidence[order][enough[-1]]), float((enough[-1] + 1) / len(order))
