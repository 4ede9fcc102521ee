"""Searches above 1 only: all networks boast, don't they?"""

# question: q5
# fails: test_temperature_of_a_timid_model, test_hidden_temperature_of_random_logits
# fails: test_hidden_temperature_of_any_size

import numpy as np


def fit_temperature(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    own, low, high = z[np.arange(len(z)), labels], 0.0, 1.0
    for _ in range(100):
        beta = (low + high) / 2
        p = np.exp(beta * z)
        p /= p.sum(axis=1, keepdims=True)
        low, high = (beta, high) if np.mean((p * z).sum(axis=1) - own) < 0 else (low, beta)
    return float(1 / beta)
