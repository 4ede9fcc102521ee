"""Softmax over the batch: a photograph alone gets 1 for every class."""

# question: q2
# fails: test_serving_by_hand, test_one_row_alone, test_hidden_serving_with_temperature
# fails: test_hidden_serving_large_logits

import numpy as np


def serve(weights, X, temperature=1.0):
    hidden = np.maximum(X @ weights["W1"] + weights["b1"], 0)
    z = (hidden @ weights["W2"] + weights["b2"]) / temperature
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)
