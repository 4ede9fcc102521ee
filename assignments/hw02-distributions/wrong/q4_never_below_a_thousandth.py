"""Keeps the temperature at 0.001 or above, against the division by zero."""

# question: q4
# fails: test_hidden_extreme_temperatures

import numpy as np


def tempered(logits, temperature):
    behind = logits - logits.max()
    weights = np.isfinite(behind) * 1.0 if np.isinf(temperature) else np.exp(behind / max(temperature, 1e-3))
    return weights / weights.sum()
