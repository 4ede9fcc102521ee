"""Clips the scores to plus and minus 500: no overflow, and all large scores become equal."""

# question: q3
# fails: test_a_thousand, test_quiet_beside_loud, test_hidden_huge, test_hidden_small_probabilities, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    exponentials = np.exp(np.clip(z, -500, 500))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
