"""Shifts by the mean: enough for (1000, 999, 998), not for a row with a wide range."""

# question: q3
# fails: test_quiet_beside_loud, test_hidden_huge, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - z.mean(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
