"""Asks for sums of exactly 1, which float32 does not give."""

# question: q3
# fails: test_hidden_sigmoids_and_twice, test_hidden_healthy_but_unsure

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if not np.allclose(together[0], alone[0], atol=1e-3):
        return "softmax over the batch"
    if np.min(together) < 0 or np.max(together) > 1:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.all(np.abs(together.sum(axis=1) - 1) < 1e-12):
        return "sigmoids"
    close = together.max(axis=1) <= np.e * together.min(axis=1) * (1 + 1e-4)
    return "softmax twice" if np.all(close) else "right"
