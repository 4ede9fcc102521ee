"""Throws a fair die, whatever the scores."""

# question: q2
# fails: test_three_pieces, test_large_scores, test_hidden_many_faces, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    return np.floor(uniforms * len(logits)).astype(int)
