"""Bins include their lower edge instead of the upper one, and the last bin loses confidence 1."""

# question: q4
# fails: test_certain_and_wrong, test_hidden_confidence_on_an_edge

import itertools

import numpy as np


def expected_calibration_error(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    total, edges = 0.0, np.linspace(0, 1, bins + 1)
    for low, high in itertools.pairwise(edges):
        inside = (confidence >= low) & (confidence < high)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(total)
