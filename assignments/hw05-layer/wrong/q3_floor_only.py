"""Calls every network whose loss stayed above the floor a double softmax."""

# question: q3
# fails: test_hidden_healthy_but_unsure

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if not np.allclose(together[0], alone[0], atol=1e-3):
        return "softmax over the batch"
    if np.min(together) < -1e-4 or np.max(together) > 1 + 1e-4:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    return "softmax twice" if last_loss > np.log(1 + (classes - 1) / np.e) - 0.5 else "right"
