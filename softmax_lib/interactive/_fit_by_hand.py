"""Softmax regression that refits while its data are dragged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
    data, labels = np.asarray(points, dtype=float), np.asarray(targets)
    if data.ndim != 2 or data.shape[1] != 2 or not 2 <= len(data) <= 40:
        raise ValueError(f"points must have shape (N, 2) with N from 2 to 40, not {data.shape}")
    if not (np.abs(data) <= REACH).all():
        raise ValueError("points must be finite and lie between -4 and 4 on both axes")
    if not 2 <= len(names) <= 4:
        raise ValueError(f"names must hold 2 to 4 class names, not {len(names)}")
    if labels.shape != data.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"targets must be {len(data)} integers, one a point; got {labels.dtype} of shape {labels.shape}"
        )
    if set(labels.tolist()) != set(range(len(names))):
        raise ValueError(
            f"targets must use each of 0..{len(names) - 1} for {len(names)} names, not {sorted(set(labels.tolist()))}"
        )
    if len(features) != 2:
        raise ValueError(f"features must hold 2 names, not {len(features)}")
    if not 1e-3 <= C <= 1e4:
        raise ValueError(f"C must lie between 0.001 and 10000, not {C}")
    if description is None:
        description = (
            f"{len(data)} points of {', '.join(map(str, names))} in the plane, and the straight borders of the softmax "
            "regression fitted to them; the borders follow when a point is dragged."
        )
    spec = {
        "points": np.round(data, 3).tolist(),
        "targets": labels.tolist(),
        "names": [str(name) for name in names],
        "features": [str(name) for name in features],
        "logC": float(np.round(np.log10(C), 6)),
    }
    return Figure("fit-by-hand", spec, "Fit by hand", description)
