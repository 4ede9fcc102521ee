"""Looks for the first sum that is at least u: at u = 0 a piece of length 0 wins."""

# question: q2
# fails: test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    ends = np.cumsum(np.exp(logits - logits.max()))
    return np.searchsorted(ends / ends[-1], uniforms, side="left")
