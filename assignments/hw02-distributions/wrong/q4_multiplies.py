"""Multiplies by the temperature: hot is cold and cold is hot."""

# question: q4
# fails: test_odds_of_three, test_hidden_extreme_temperatures, test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    if temperature == 0:
        weights = (logits == logits.max()).astype(float)
    elif np.isinf(temperature):
        weights = np.ones(len(logits))
    else:
        with np.errstate(all="ignore"):
            weights = np.exp((logits - logits.max()) * temperature)
    return weights / weights.sum()
