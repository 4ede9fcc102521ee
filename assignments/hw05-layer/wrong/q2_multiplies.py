"""Multiplies the logits by the temperature."""

# question: q2
# fails: test_hidden_serving_with_temperature

import numpy as np


def serve(weights, X, temperature=1.0):
    z = (np.maximum(X @ weights["W1"] + weights["b1"], 0) @ weights["W2"] + weights["b2"]) * temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
