"""Returns the score itself and forgets log Z."""

# question: q1
# fails: test_quarters, test_a_miracle, test_hidden_rows_of_all_sizes, test_hidden_impossible_faces

import numpy as np


def log_prob(logits, outcomes):
    return logits[np.arange(len(logits)), outcomes]
