"""One maximum for the whole batch: a quiet row beside a loud one underflows to 0/0."""

# question: q3
# fails: test_quiet_beside_loud, test_hidden_huge, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z - z.max())
        return exponentials / exponentials.sum(axis=axis, keepdims=True)
