"""Answers one tenth to everything: perfectly calibrated, and worthless."""

# question: q1
# fails: test_learns_bars, test_hidden_accuracy, test_hidden_accuracy_when_misplaced, test_hidden_log_loss

import numpy as np


def train(images, labels, seed):
    return {"shares": np.full(10, 0.1)}


def predict_probabilities(parameters, images):
    return np.tile(parameters["shares"], (len(images), 1))
