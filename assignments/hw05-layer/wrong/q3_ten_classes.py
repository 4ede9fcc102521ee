"""Uses the floor of ten classes, 1.461, for any number of classes."""

# question: q3
# fails: test_hidden_sigmoids_and_twice

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if not np.allclose(together[0], alone[0], atol=1e-3):
        return "softmax over the batch"
    if np.min(together) < -1e-4 or np.max(together) > 1 + 1e-4:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    close = together.max(axis=1) <= np.e * together.min(axis=1) * (1 + 1e-4)
    return "softmax twice" if np.all(close) and last_loss > 1.461 else "right"
