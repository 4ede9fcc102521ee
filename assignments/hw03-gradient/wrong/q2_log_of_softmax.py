"""The textbook's two steps, log(softmax(z)): the small probability is 0 before its logarithm is taken."""

# question: q2
# fails: test_hidden_loss_confidently_wrong

import numpy as np


def cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        return float(-np.log(p[np.arange(len(z)), y]).mean())
