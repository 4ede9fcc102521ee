"""Sorts the pieces by length and forgets whose they were."""

# question: q2
# fails: test_three_pieces, test_large_scores, test_hidden_many_faces, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    ends = np.cumsum(np.sort(np.exp(logits - logits.max()))[::-1])
    return np.searchsorted(ends / ends[-1], uniforms, side="right")
