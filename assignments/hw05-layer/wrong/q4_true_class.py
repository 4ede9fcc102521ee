"""Takes the probability of the true class for the confidence."""

# question: q4
# fails: test_calibration_by_hand, test_certain_and_wrong, test_hidden_calibration_of_a_forecast
# fails: test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    confidence = probabilities[np.arange(len(labels)), labels]
    right = probabilities.argmax(axis=1) == labels
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    total = 0.0
    for b in np.unique(number):
        inside = number == b
        total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)
