"""The formula alone: 0/0 at temperature 0, and -inf/inf at temperature infinity."""

# question: q4
# fails: test_both_ends, test_hidden_impossible_at_any_heat

import numpy as np


def tempered(logits, temperature):
    with np.errstate(all="ignore"):
        weights = np.exp(np.divide(logits - logits.max(), temperature))
        return weights / weights.sum()
