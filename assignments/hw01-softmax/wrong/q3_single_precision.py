"""Single precision inside: seven digits, and nothing below 1e-45."""

# question: q3
# fails: test_a_thousand, test_hidden_huge, test_hidden_small_probabilities, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        z = np.asarray(z, dtype=np.float32)
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
        return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(float)
