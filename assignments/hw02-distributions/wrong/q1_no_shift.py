"""log Z of unshifted exponentials: infinite for scores of 1000."""

# question: q1
# fails: test_a_miracle, test_hidden_rows_of_all_sizes

import numpy as np


def log_prob(logits, outcomes):
    with np.errstate(all="ignore"):
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(logits)), outcomes]
