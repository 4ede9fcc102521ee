"""Forgets the relu of the hidden layer."""

# question: q2
# fails: test_serving_by_hand, test_hidden_serving_with_temperature

import numpy as np


def serve(weights, X, temperature=1.0):
    z = ((X @ weights["W1"] + weights["b1"]) @ weights["W2"] + weights["b2"]) / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
