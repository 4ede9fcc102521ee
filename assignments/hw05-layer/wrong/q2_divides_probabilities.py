"""Divides the probabilities by the temperature and normalizes: the temperature cancels."""

# question: q2
# fails: test_hidden_serving_with_temperature

import numpy as np


def serve(weights, X, temperature=1.0):
    z = np.maximum(X @ weights["W1"] + weights["b1"], 0) @ weights["W2"] + weights["b2"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True) / temperature
    return p / p.sum(axis=1, keepdims=True)
