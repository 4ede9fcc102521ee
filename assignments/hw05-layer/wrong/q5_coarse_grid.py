"""Tries a hundred temperatures between 0.1 and 10."""

# question: q5
# fails: test_temperature_by_hand, test_temperature_of_a_timid_model, test_hidden_temperature_of_random_logits
# fails: test_hidden_temperature_of_any_size, test_hidden_temperature_of_shifted_rows

import numpy as np


def fit_temperature(logits, labels):
    grid, losses = np.linspace(0.1, 10, 100), []
    for T in grid:
        z = logits / T - (logits / T).max(axis=1, keepdims=True)
        losses.append(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]))
    return float(grid[int(np.argmin(losses))])
