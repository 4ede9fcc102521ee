"""Never compares the photograph alone with the one in the batch."""

# question: q3
# fails: test_right_and_over_the_batch, test_hidden_healthy_but_unsure

import numpy as np


def diagnose(classes, first_loss, last_loss, together, alone):
    if np.min(together) < -1e-4 or np.max(together) > 1 + 1e-4:
        return "softmax missing" if first_loss > 1.5 * np.log(classes) else "logits served"
    if not np.allclose(together.sum(axis=1), 1, atol=1e-3):
        return "sigmoids"
    if together.max() <= np.e / (np.e + classes - 1) + 1e-4:
        return "softmax twice"
    return "right"
