"""Raises probabilities to the power 1/T: what underflowed before stays 0 in any heat."""

# question: q4
# fails: test_hidden_extreme_temperatures

import numpy as np


def tempered(logits, temperature):
    behind = logits - logits.max()
    with np.errstate(all="ignore"):
        if temperature == 0:
            weights = (behind == 0) * 1.0
        elif np.isinf(temperature):
            weights = np.isfinite(behind) * 1.0
        else:
            weights = np.exp(behind) ** (1 / temperature)
    return weights / weights.sum()
