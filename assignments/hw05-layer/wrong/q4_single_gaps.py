"""Averages the gaps of single answers: a coin toss at 1/2 would be badly calibrated."""

# question: q4
# fails: test_calibration_by_hand, test_hidden_calibration_of_a_forecast, test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    right = probabilities.argmax(axis=1) == labels
    return float(np.mean(np.abs(right - probabilities.max(axis=1))))
