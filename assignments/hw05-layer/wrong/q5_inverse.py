"""Returns 1/T."""

# question: q5
# fails: test_temperature_by_hand, test_temperature_of_a_timid_model, test_hidden_temperature_of_random_logits
# fails: test_hidden_temperature_of_any_size, test_hidden_temperature_of_shifted_rows

import numpy as np
from numpy import exp


def fit_temperature(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    own, low, high = z[np.arange(len(z)), labels], 0.0, 100 / np.abs(z).mean()
    for _ in range(100):
        beta = (low + high) / 2
        p = exp(beta * z)
        p /= p.sum(axis=1, keepdims=True)
        low, high = (beta, high) if np.mean((p * z).sum(axis=1) - own) < 0 else (low, beta)
    return float(beta)
