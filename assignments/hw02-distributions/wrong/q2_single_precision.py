"""Single precision: u just below 1 is rounded to 1, and lands on face K."""

# question: q2
# fails: test_hidden_last_piece, test_hidden_never_impossible

import numpy as np


def sample(logits, uniforms):
    ends = np.cumsum(np.exp(logits - logits.max()))
    ends = (ends / ends[-1]).astype(np.float32)
    return np.searchsorted(ends, uniforms.astype(np.float32), side="right")
