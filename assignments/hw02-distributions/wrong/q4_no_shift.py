"""Divides and exponentiates without a shift: overflows when it is cold."""

# question: q4
# fails: test_hidden_extreme_temperatures

import numpy as np


def tempered(logits, temperature):
    with np.errstate(all="ignore"):
        if temperature == 0:
            weights = (logits == logits.max()) * 1.0
        elif np.isinf(temperature):
            weights = np.isfinite(logits) * 1.0
        else:
            weights = np.exp(logits / temperature)
        return weights / weights.sum()
