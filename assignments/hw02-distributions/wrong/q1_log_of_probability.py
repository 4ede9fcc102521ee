"""Forms the probability and takes its logarithm: a miracle of e^-1503 is stored as 0."""

# question: q1
# fails: test_a_miracle

import numpy as np


def log_prob(logits, outcomes):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    with np.errstate(divide="ignore"):
        log_p = np.log(weights / weights.sum(axis=1, keepdims=True))
    return log_p[np.arange(len(logits)), outcomes]
