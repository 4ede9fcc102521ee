"""Compares u with sums of weights that do not end at 1."""

# question: q2
# fails: test_three_pieces, test_large_scores, test_hidden_many_faces, test_hidden_last_piece, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    ends = np.cumsum(np.exp(logits - logits.max()))
    return np.minimum(np.searchsorted(ends, uniforms, side="right"), len(logits) - 1)
