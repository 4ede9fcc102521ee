"""Exponentials without a shift: nan for scores of 1000, 0/0 for -1000."""

# question: q2
# fails: test_large_scores

import numpy as np


def sample(logits, uniforms):
    with np.errstate(all="ignore"):
        ends = np.cumsum(np.exp(logits))
        return np.searchsorted(ends / ends[-1], uniforms, side="right")
