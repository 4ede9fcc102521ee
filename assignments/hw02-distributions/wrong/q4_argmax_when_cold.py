"""Gives everything to the first of several winners at temperature 0."""

# question: q4
# fails: test_both_ends, test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    behind = logits - logits.max()
    with np.errstate(all="ignore"):
        weights = np.isfinite(behind) * 1.0 if np.isinf(temperature) else np.exp(behind / temperature)
    return weights / weights.sum()
