"""Keeps the uniform numbers away from 0 and 1: rare winners never win."""

# question: q3
# fails: test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    noise = -np.log(-np.log(np.clip(uniforms, 1e-6, 1 - 1e-6)))
    return (logits + temperature * noise).argmax(axis=1)
