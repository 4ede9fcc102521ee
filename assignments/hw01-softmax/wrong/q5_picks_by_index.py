"""Selects with z[keep], which needs a mask of the full shape and forgets the rows."""

# question: q5
# fails: test_hidden_leftovers, test_hidden_axis_and_broadcast

import numpy as np


def masked_softmax(z, keep, axis=-1):
    chosen = z[keep]
    exponentials = np.exp(chosen - chosen.max())
    answer = np.zeros(z.shape)
    answer[keep] = exponentials / exponentials.sum()
    return answer
