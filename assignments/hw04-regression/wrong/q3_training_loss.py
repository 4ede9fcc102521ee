"""Scores each fit on the samples that it was fitted to."""

# question: q3
# fails: test_hidden_losses_of_held_out_folds, test_hidden_choice_among_noise

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        scores = []
        for fold in np.unique(folds):
            rest = folds != fold
            W, b = fit(X[rest], y[rest], classes, C)  # noqa: F821
            scores.append(objective(W, b, X[rest], y[rest], np.inf))  # noqa: F821
        losses.append(np.mean(scores))
    return strengths[int(np.argmin(losses))], np.array(losses)
