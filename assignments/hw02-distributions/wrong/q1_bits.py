"""Logarithms to the base 2."""

# question: q1
# fails: test_quarters, test_a_miracle, test_hidden_rows_of_all_sizes, test_hidden_impossible_faces

import numpy as np


def log_prob(logits, outcomes):
    top = logits.max(axis=1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(logits)), outcomes] / np.log(2)
