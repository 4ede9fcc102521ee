"""Fits on the fold and scores on it, too: the mask is turned around once instead of twice."""

# question: q3
# fails: test_hidden_losses_of_held_out_folds, test_hidden_choice_among_noise

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        scores = []
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[test], y[test], classes, C)  # noqa: F821
            scores.append(objective(W, b, X[test], y[test], np.inf))  # noqa: F821
        losses.append(np.mean(scores))
    return strengths[int(np.argmin(losses))], np.array(losses)
