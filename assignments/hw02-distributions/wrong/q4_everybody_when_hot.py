"""At infinite heat the impossible becomes possible."""

# question: q4
# fails: test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    if np.isinf(temperature):
        return np.full(len(logits), 1 / len(logits))
    behind = logits - logits.max()
    with np.errstate(all="ignore"):
        weights = (behind == 0) * 1.0 if temperature == 0 else np.exp(behind / temperature)
    return weights / weights.sum()
