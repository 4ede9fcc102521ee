"""Adds 1e-6 to the temperature."""

# question: q4
# fails: test_odds_of_three, test_hidden_extreme_temperatures, test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    behind = logits - logits.max()
    weights = np.isfinite(behind) * 1.0 if np.isinf(temperature) else np.exp(behind / (temperature + 1e-6))
    return weights / weights.sum()
