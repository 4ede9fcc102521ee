"""Chooses by the share of wrong answers, which does not notice confidence."""

# question: q3
# fails: test_choice_under_a_crushing_penalty, test_hidden_losses_of_held_out_folds
# fails: test_hidden_choice_among_noise

import numpy as np


def choose_strength(X, y, classes, strengths, folds):
    losses = []
    for C in strengths:
        scores = []
        for fold in np.unique(folds):
            test = folds == fold
            W, b = fit(X[~test], y[~test], classes, C)  # noqa: F821
            scores.append(np.mean(np.argmax(X[test] @ W + b, axis=1) != y[test]))
        losses.append(np.mean(scores))
    return strengths[int(np.argmin(losses))], np.array(losses)
