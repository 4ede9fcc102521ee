"""The answer is put into an array of the input's type: whole numbers in, zeros out."""

# question: q1
# fails: test_known_values, test_hidden_every_digit

import numpy as np


def plain_softmax(z):
    z = np.asarray(z)
    exponentials = np.exp(z)
    answer = np.empty_like(z)
    answer[:] = exponentials / exponentials.sum()
    return answer
