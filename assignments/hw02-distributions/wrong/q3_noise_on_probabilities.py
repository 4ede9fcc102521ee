"""Adds the noise to probabilities instead of scores."""

# question: q3
# fails: test_four_races, test_size_of_the_noise, test_hidden_shares, test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    weights = np.exp(logits - logits.max())
    noise = -np.log(-np.log(uniforms))
    return (weights / weights.sum() + temperature * noise).argmax(axis=1)
