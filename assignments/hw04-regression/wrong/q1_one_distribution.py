"""One distribution over the whole batch: the article's mistake, which says log (N K) at zero."""

# question: q1
# fails: test_objective_at_zero, test_penalty_by_hand, test_hidden_objective_anywhere
# fails: test_hidden_objective_of_large_logits

import numpy as np


def objective(W, b, X, y, C):
    z = X @ W + b
    log_p = z - z.max() - np.log(np.exp(z - z.max()).sum())
    with np.errstate(divide="ignore"):
        return float(-log_p[np.arange(len(X)), y].mean() + np.sum(W**2) / (2 * C * len(X)))
