"""Averages over all samples, so large folds count more."""

# question: q3
# fails: test_hidden_losses_of_held_out_folds

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        total = 0.0
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[~test], y[~test], classes, C)  # noqa: F821
            total += test.sum() * objective(W, b, X[test], y[test], np.inf)  # noqa: F821
        losses.append(total / len(X))
    return strengths[int(np.argmin(losses))], np.array(losses)
