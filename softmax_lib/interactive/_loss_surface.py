"""The loss of a small softmax regression as a landscape, and the walk of an optimizer on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib._validation import positive_number
from softmax_lib.interactive._checks import number, numbers
from softmax_lib.interactive._figure import Figure


def loss_surface(
    feature: Sequence[float],
    targets: Sequence[int],
    start: tuple[float, float] = (-3.0, 4.0),
    ridge: float = 0.01,
    description: str | None = None,
) -> Figure:
    """Mean cross-entropy over a weight and a bias; the reader drags the start and sets the step size.

    The model has two classes with logits (0, w·x + b). The picture shows contours of the loss plus ridge·w²/2, forty
    steps of gradient descent (in units of 1/L, with Böhning's bound L) or of Newton's method, and the gap to the
    minimum. A switch standardizes the feature.

    Parameters
    ----------
    feature : sequence of N floats
        One feature.
    targets : sequence of N ints
        Class 0 or 1 of each sample; both occur.
    start : (w, b)
        First start, with w from −4 to 6 and b from −8 to 6.
    ridge : float
        Penalty, positive: it makes the minimum finite whatever the data.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If the lengths differ, a number is not finite, a class is missing, the feature is constant, the ridge is not
        positive or the start lies outside the picture.

    Examples
    --------
    >>> loss_surface([0.5, 1.0, 2.0], [0, 1, 1]).component
    'loss-surface'

    Used in chapter 5.
    """
    values, classes = numbers(feature, "feature", (2, None)), np.asarray(targets)
    if classes.shape != values.shape:
        raise ValueError(
            f"feature and targets must be two lists of one length; got shapes {values.shape} and {classes.shape}"
        )
    if np.ptp(values) == 0:
        raise ValueError(f"feature must hold numbers that are not all equal; got {values[0]} {len(values)} times")
    if sorted(set(classes.tolist())) != [0, 1]:
        raise ValueError(f"targets must hold the classes 0 and 1, both of them; got {sorted(set(classes.tolist()))}")
    ridge = positive_number(ridge, "ridge")
    w, b = numbers(start, "start", 2)
    w, b = number(w, "the w of start", -4, 6), number(b, "the b of start", -8, 6)
    if description is None:
        description = (
            "Contours of the loss over weight and bias form a bowl, with the walk of gradient descent from the start "
            "to the minimum and, below, the loss above the minimum step by step."
        )
    spec = {"feature": values.tolist(), "targets": classes.tolist(), "start": [w, b], "ridge": ridge}
    return Figure("loss-surface", spec, "Loss surface", description)
