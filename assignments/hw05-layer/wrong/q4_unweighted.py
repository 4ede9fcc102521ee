"""Averages the bins without their counts."""

# question: q4
# fails: test_hidden_calibration_of_a_forecast, test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [abs(right[number == b].mean() - confidence[number == b].mean()) for b in np.unique(number)]
    return float(np.mean(gaps))
