"""Minimizes the Brier score instead of the cross-entropy."""

# question: q5
# fails: test_hidden_temperature_of_random_logits, test_hidden_temperature_of_any_size
# fails: test_hidden_temperature_of_shifted_rows

import numpy as np


def fit_temperature(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    truth, scale = np.eye(z.shape[1])[labels], np.abs(z).mean()
    low, high = np.log(1e-3 / scale), np.log(1e3 / scale)

    def brier(log_beta):
        p = np.exp(np.exp(log_beta) * z)
        p /= p.sum(axis=1, keepdims=True)
        return np.mean(np.sum((p - truth) ** 2, axis=1))

    grid = np.linspace(low, high, 2000)
    center = grid[int(np.argmin([brier(value) for value in grid]))]
    low, high = center - 0.01, center + 0.01
    for _ in range(80):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if brier(a) < brier(b) else (a, high)
    return float(np.exp(-(low + high) / 2))
