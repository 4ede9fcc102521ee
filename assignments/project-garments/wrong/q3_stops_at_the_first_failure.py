"""Goes down from the surest answer and stops as soon as the target is missed."""

# question: q3
# fails: test_answers_by_hand, test_hidden_largest_coverage

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    best = (1.0, 0.0)
    for t in np.unique(confidence)[::-1]:
        if right[confidence >= t].mean() < target:
            break
        best = (float(t), float(np.mean(confidence >= t)))
    return best
