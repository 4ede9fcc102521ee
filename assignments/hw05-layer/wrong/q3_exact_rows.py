"""Wants the photograph alone to agree with the one in the batch to the last bit."""

# question: q3
# fails: test_hidden_healthy_but_unsure

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if not np.array_equal(together[0], alone[0]):
        return "softmax over the batch"
    if np.min(together) < -1e-4 or np.max(together) > 1 + 1e-4:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    close = together.max(axis=1) <= np.e * together.min(axis=1) * (1 + 1e-4)
    return "softmax twice" if np.all(close) else "right"
