"""Sets the scores that are ruled out to 0, whose exponential is 1."""

# question: q5
# fails: test_the_rest_shares_it, test_nothing_left, test_hidden_leftovers, test_hidden_loud_and_deep, test_hidden_axis_and_broadcast

import numpy as np


def masked_softmax(z, keep, axis=-1):
    z = np.where(keep, z, 0.0)
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
