"""log(p + 1e-12): finite, and a lie for every class below 1e-12."""

# question: q4
# fails: test_log_of_quarters, test_far_behind, test_hidden_batches, test_hidden_confident_leader

import numpy as np


def log_softmax(z, axis=-1):
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.log(exponentials / exponentials.sum(axis=axis, keepdims=True) + 1e-12)
