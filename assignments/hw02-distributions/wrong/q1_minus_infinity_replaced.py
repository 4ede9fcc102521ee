"""Replaces -inf by the lowest number there is, so that nothing is impossible."""

# question: q1
# fails: test_hidden_impossible_faces

import numpy as np


def log_prob(logits, outcomes):
    logits = np.nan_to_num(logits, neginf=-1e300)
    top = logits.max(axis=1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(logits)), outcomes]
