"""Single precision on the way: half of the digits are noise."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    exponentials = np.exp(np.asarray(z, dtype=np.float32))
    return (exponentials / exponentials.sum()).astype(float)
