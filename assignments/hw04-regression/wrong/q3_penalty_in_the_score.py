"""Scores with the penalized objective: strong penalties are charged for being strong."""

# question: q3
# fails: test_hidden_losses_of_held_out_folds

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        scores = []
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[~test], y[~test], classes, C)  # noqa: F821
            scores.append(objective(W, b, X[test], y[test], C))  # noqa: F821
        losses.append(np.mean(scores))
    return strengths[int(np.argmin(losses))], np.array(losses)
