"""Subtracts the maximum of the whole batch: quiet rows become 0/0."""

# question: q2
# fails: test_one_row_alone, test_hidden_serving_large_logits

import numpy as np


def serve(weights, X, temperature=1.0):
    hidden = np.maximum(X @ weights["W1"] + weights["b1"], 0)
    z = (hidden @ weights["W2"] + weights["b2"]) / temperature
    e = np.exp(z - z.max())
    with np.errstate(invalid="ignore"):
        return e / e.sum(axis=1, keepdims=True)
