"""The three lines as they stand: scores above 709 overflow, scores below -745 vanish."""

# question: q3
# fails: test_a_thousand, test_quiet_beside_loud, test_hidden_huge, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z)
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
