"""Softmax regression that refits while its data are dragged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._checks import class_indices, number, numbers, texts
from softmax_lib.interactive._figure import Figure

REACH = 4.0  # the picture shows -4 to 4 on both axes


def fit_by_hand(
    points: np.ndarray,
    targets: Sequence[int],
    names: Sequence[str],
    features: Sequence[str] = ("first feature", "second feature"),
    C: float = 1.0,
    description: str | None = None,
) -> Figure:
    """Points that can be dragged, and the decision regions of the softmax regression fitted to them.

    The fit runs in the page: Newton's method on the objective of :class:`softmax_lib.SoftmaxRegression`.

    Parameters
    ----------
    points : array of shape (N, 2)
        Features, each between −4 and 4; at most 40 points.
    targets : sequence of N ints
        Class index of each point; every class must occur.
    names : sequence of 2 to 4 str
        Names of the K classes.
    features : sequence of 2 str
        Names of the two features.
    C : float
        Inverse strength of the penalty, from 0.001 to 10000.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If shapes do not fit together, a point lies outside the picture, a class is missing or out of range, or C is out
        of range.

    Examples
    --------
    >>> fit_by_hand([[-1.0, 0.0], [1.0, 0.5]], [0, 1], ["left", "right"]).component
    'fit-by-hand'

    Used in chapter 8.
    """
    data = numbers(points, "points", (2, 40), 2, low=-REACH, high=REACH)
    names, features = texts(names, "names", (2, 4)), texts(features, "features", 2)
    labels = class_indices(targets, "targets", len(data), len(names))
    C = number(C, "C", 1e-3, 1e4)
    if set(labels.tolist()) != set(range(len(names))):
        raise ValueError(
            f"targets must use each of 0..{len(names) - 1} for {len(names)} names, not {sorted(set(labels.tolist()))}; "
            "leave out the names that no point has"
        )
    if description is None:
        description = (
            f"{len(data)} points of {', '.join(names)} in the plane, and the straight borders of the softmax "
            "regression fitted to them; the borders follow when a point is dragged."
        )
    spec = {
        "points": np.round(data, 3).tolist(),
        "targets": labels.tolist(),
        "names": names,
        "features": features,
        "logC": float(np.round(np.log10(C), 6)),
    }
    return Figure("fit-by-hand", spec, "Fit by hand", description)
