"""log(p + 1e-12): the impossible is merely unlikely."""

# question: q1
# fails: test_quarters, test_a_miracle, test_hidden_impossible_faces

import numpy as np


def log_prob(logits, outcomes):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    log_p = np.log(weights / weights.sum(axis=1, keepdims=True) + 1e-12)
    return log_p[np.arange(len(logits)), outcomes]
