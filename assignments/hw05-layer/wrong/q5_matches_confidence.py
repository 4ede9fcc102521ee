"""Makes the mean confidence equal to the accuracy: a fair idea, but not the least cross-entropy."""

# question: q5
# fails: test_hidden_temperature_of_random_logits, test_hidden_temperature_of_any_size
# fails: test_hidden_temperature_of_shifted_rows

import numpy as np


def fit_temperature(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    right = np.mean(z[np.arange(len(z)), labels] == 0)
    low, high = 0.0, 1e4 / np.abs(z).mean()
    for _ in range(200):
        beta = (low + high) / 2
        p = np.exp(beta * z)
        confidence = np.mean(p.max(axis=1) / p.sum(axis=1))
        low, high = (beta, high) if confidence < right else (low, beta)
    return float(1 / beta)
