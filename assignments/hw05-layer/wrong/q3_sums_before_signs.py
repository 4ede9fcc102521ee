"""Looks at the sums first, and calls logits sigmoids."""

# question: q3
# fails: test_two_kinds_of_logits

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if not np.allclose(together[0], alone[0], atol=1e-3):
        return "softmax over the batch"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    close = together.max(axis=1) <= np.e * together.min(axis=1) * (1 + 1e-4)
    return "softmax twice" if np.all(close) else "right"
