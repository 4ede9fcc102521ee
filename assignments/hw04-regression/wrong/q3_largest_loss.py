"""Maximizes the loss, as if it were a score."""

# question: q3
# fails: test_hidden_choice_among_noise

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        scores = []
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[~test], y[~test], classes, C)  # noqa: F821
            scores.append(objective(W, b, X[test], y[test], np.inf))  # noqa: F821
        losses.append(np.mean(scores))
    return strengths[int(np.argmax(losses))], np.array(losses)
