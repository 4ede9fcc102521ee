"""Serves the logits."""

# question: q2
# fails: test_serving_by_hand, test_one_row_alone, test_hidden_serving_with_temperature
# fails: test_hidden_serving_large_logits

import numpy as np


def serve(weights, X, temperature=1.0):
    return (np.maximum(X @ weights["W1"] + weights["b1"], 0) @ weights["W2"] + weights["b2"]) / temperature
