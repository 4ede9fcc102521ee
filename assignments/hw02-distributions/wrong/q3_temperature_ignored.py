"""Takes a temperature and does not use it."""

# question: q3
# fails: test_size_of_the_noise, test_hidden_shares

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    return (logits - np.log(-np.log(uniforms))).argmax(axis=1)
