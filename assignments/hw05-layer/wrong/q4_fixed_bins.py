"""Always uses fifteen bins."""

# question: q4
# fails: test_calibration_by_hand, test_hidden_calibration_of_a_forecast, test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    number = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    total = 0.0
    for b in np.unique(number):
        inside = number == b
        total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)
