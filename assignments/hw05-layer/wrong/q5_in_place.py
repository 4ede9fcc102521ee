"""Shifts the caller's logits."""

# question: q5
# fails: test_hidden_temperature_of_shifted_rows

import numpy as np


def fit_temperature(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    z = logits
    own, low, high = z[np.arange(len(z)), labels], 0.0, 100 / np.abs(z).mean()
    for _ in range(100):
        beta = (low + high) / 2
        p = np.exp(beta * z)
        p /= p.sum(axis=1, keepdims=True)
        low, high = (beta, high) if np.mean((p * z).sum(axis=1) - own) < 0 else (low, beta)
    return float(1 / beta)
