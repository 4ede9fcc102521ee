"""Lets it overflow and paints over the nan: zeros for everyone."""

# question: q3
# fails: test_a_thousand, test_quiet_beside_loud, test_hidden_huge, test_hidden_other_axes

import numpy as np


def softmax(z, axis=-1):
    with np.errstate(all="ignore"):
        exponentials = np.exp(z)
        return np.nan_to_num(exponentials / exponentials.sum(axis=axis, keepdims=True))
