"""The same, with the answer cut back to K-1: right unless the last face is impossible."""

# question: q2
# fails: test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    weights = np.exp(logits - logits.max())
    ends = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(ends, uniforms, side="right"), len(logits) - 1)
