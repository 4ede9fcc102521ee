"""Noise of the right mean and spread and the wrong shape: the logistic approximation of the normal law."""

# question: q3
# fails: test_hidden_shares, test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    normal = 0.5513 * np.log(uniforms / (1 - uniforms))
    noise = np.euler_gamma + np.pi / np.sqrt(6) * normal
    return (logits + temperature * noise).argmax(axis=1)
