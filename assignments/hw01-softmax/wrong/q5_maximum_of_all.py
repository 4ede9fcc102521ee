"""Takes the maximum before the mask: a loud class that is ruled out makes all others underflow."""

# question: q5
# fails: test_hidden_leftovers, test_hidden_loud_and_deep

import numpy as np


def masked_softmax(z, keep, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.where(keep, np.exp(z - z.max(axis=axis, keepdims=True)), 0.0)
        total = exponentials.sum(axis=axis, keepdims=True)
        return exponentials / np.where(total == 0, 1.0, total)
