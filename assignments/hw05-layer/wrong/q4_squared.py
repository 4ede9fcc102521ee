"""Squares the gaps and takes the root at the end."""

# question: q4
# fails: test_hidden_calibration_of_a_forecast, test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    total = 0.0
    for b in np.unique(number):
        inside = number == b
        total += inside.mean() * (right[inside].mean() - confidence[inside].mean()) ** 2
    return float(np.sqrt(total))
