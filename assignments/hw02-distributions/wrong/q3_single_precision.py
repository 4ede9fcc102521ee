"""Noise in single precision: the numbers nearest to 1 are rounded to 1, and their noise is infinite."""

# question: q3
# fails: test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = -np.log(-np.log(uniforms.astype(np.float32)))
        return (logits + temperature * noise).argmax(axis=1)
