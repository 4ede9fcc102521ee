"""One push for the whole race: the favorite always wins."""

# question: q3
# fails: test_four_races, test_size_of_the_noise, test_hidden_shares, test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    noise = -np.log(-np.log(uniforms[:, :1]))
    return (logits + temperature * noise).argmax(axis=1)
