"""Divides the noise by the temperature."""

# question: q3
# fails: test_size_of_the_noise, test_hidden_shares

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    noise = -np.log(-np.log(uniforms))
    with np.errstate(all="ignore"):
        return (logits + noise / temperature).argmax(axis=1)
