"""Takes the target for the threshold, as if the model were perfectly calibrated."""

# question: q3
# fails: test_answers_by_hand, test_target_out_of_reach, test_hidden_largest_coverage
# fails: test_hidden_equal_confidences

import numpy as np


def answer_above(probabilities, labels, target):
    confidence, _right = np.max(probabilities, axis=1), np.argmax(probabilities, axis=1) == labels
    above = confidence >= target
    return float(target), float(above.mean())
