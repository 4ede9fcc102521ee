"""Applies the temperature to probabilities, as if they were scores."""

# question: q4
# fails: test_odds_of_three, test_hidden_extreme_temperatures, test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    first = np.exp(logits - logits.max())
    behind = first / first.sum() - (first / first.sum()).max()
    with np.errstate(all="ignore"):
        if temperature == 0:
            weights = (behind == 0) * 1.0
        elif np.isinf(temperature):
            weights = np.isfinite(logits) * 1.0
        else:
            weights = np.exp(behind / temperature)
    return weights / weights.sum()
