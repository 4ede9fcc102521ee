"""Takes the argument axis and always works along the last one."""

# question: q2
# fails: test_columns, test_hidden_three_dimensions

import numpy as np


def batch_softmax(z, axis=-1):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
