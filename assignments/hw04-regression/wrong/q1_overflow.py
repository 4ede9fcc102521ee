"""exp without a shift: infinite beyond 709."""

# question: q1
# fails: test_hidden_objective_of_large_logits

import numpy as np


def objective(W, b, X, y, C):
    z = X @ W + b
    with np.errstate(over="ignore"):
        loss = np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(X)), y])
    return float(loss + np.sum(W**2) / (2 * C * len(X)))
