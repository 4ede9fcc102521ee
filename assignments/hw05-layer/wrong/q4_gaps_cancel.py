"""Adds the signed gaps, so boasting and modesty cancel."""

# question: q4
# fails: test_hidden_calibration_of_a_forecast, test_hidden_confidence_on_an_edge

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    right = probabilities.argmax(axis=1) == labels
    return float(abs(np.mean(right - probabilities.max(axis=1))))
