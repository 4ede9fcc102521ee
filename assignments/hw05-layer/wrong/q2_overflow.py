"""exp without a shift."""

# question: q2
# fails: test_one_row_alone, test_hidden_serving_large_logits

import numpy as np


def serve(weights, X, temperature=1.0):
    z = (np.maximum(X @ weights["W1"] + weights["b1"], 0) @ weights["W2"] + weights["b2"]) / temperature
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)
