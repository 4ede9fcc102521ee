"""One logarithm is missing: -log u is exponential noise."""

# question: q3
# fails: test_four_races, test_size_of_the_noise, test_hidden_shares, test_hidden_rare_winners

import numpy as np


def gumbel_max(logits, uniforms, temperature=1.0):
    return (logits - temperature * np.log(uniforms)).argmax(axis=1)
