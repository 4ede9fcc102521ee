"""Counts the faces from 1."""

# question: q2
# fails: test_three_pieces, test_large_scores, test_hidden_many_faces, test_hidden_last_piece, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    ends = np.cumsum(np.exp(logits - logits.max()))
    return 1 + np.searchsorted(ends / ends[-1], uniforms, side="right")
