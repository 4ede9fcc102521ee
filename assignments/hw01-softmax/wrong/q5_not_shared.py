"""Multiplies the finished probabilities by the mask: the rest does not add up to one."""

# question: q5
# fails: test_the_rest_shares_it, test_hidden_leftovers, test_hidden_loud_and_deep, test_hidden_axis_and_broadcast

import numpy as np


def masked_softmax(z, keep, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True) * keep
