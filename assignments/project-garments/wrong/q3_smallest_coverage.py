"""Returns the largest threshold that reaches the target: safe, and nearly everything goes to the person."""

# question: q3
# fails: test_answers_by_hand, test_hidden_largest_coverage, test_hidden_equal_confidences

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    for t in np.unique(confidence)[::-1]:
        above = confidence >= t
        if right[above].mean() >= target:
            return float(t), float(above.mean())
    return 1.0, 0.0
