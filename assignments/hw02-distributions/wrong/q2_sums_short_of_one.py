"""Adds up rounded probabilities and trusts that they reach 1: sometimes the answer is face K."""

# question: q2
# fails: test_hidden_last_piece, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    weights = np.exp(logits - logits.max())
    return np.searchsorted(np.cumsum(weights / weights.sum()), uniforms, side="right")
