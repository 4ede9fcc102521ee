"""Where a linear softmax classifier draws its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._figure import Figure


def decision_regions(
    points: np.ndarray,
    targets: Sequence[int],
    names: Sequence[str],
    features: Sequence[str] = ("first feature", "second feature"),
    weights: np.ndarray | None = None,
    bias: Sequence[float] | None = None,
    temperature: float = 1.0,
    description: str | None = None,
) -> Figure:
    """Regions and confidence of a linear classifier in the plane; the reader drags its weight vectors.

    Handles move the weight vectors, sliders the bias and the temperature; *Play* runs gradient descent. The readout
    gives accuracy, mean cross-entropy and average confidence on the points.

    Parameters
    ----------
    points : array of shape (N, 2)
        Features, standardized: the picture shows −3.2 to 3.2 on both axes.
    targets : sequence of N ints
        Class index of each point.
    names : sequence of 2 to 4 str
        Names of the K classes.
    features : sequence of 2 str
        Names of the two features.
    weights : array of shape (2, K), optional
        Where the weight vectors start; by default on a circle.
    bias : sequence of K floats, optional
        Where the biases start; by default at zero.
    temperature : float
        From 0.1 to 5.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If shapes do not fit together, a number is not finite, a class index is out of range, there are fewer than 2
        or more than 4 classes, or the temperature is out of range.

    Examples
    --------
    >>> decision_regions([[-1.0, 0.0], [1.0, 0.5]], [0, 1], ["left", "right"]).component
    'decision-regions'

    Used in chapter 4.
    """
    data = np.asarray(points, dtype=float)
    if data.ndim != 2 or data.shape[1] != 2 or not len(data):
        raise ValueError(f"points must have shape (N, 2) with N at least 1, not {data.shape}")
    count = len(names)
    if not 2 <= count <= 4:
        raise ValueError(f"names must hold 2 to 4 class names, not {count}")
    labels = np.asarray(targets)
    if labels.shape != data.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"targets must be {len(data)} integers, one a point; got {labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= count:
        raise ValueError(f"targets must lie in 0..{count - 1} for {count} names, not {labels.min()}..{labels.max()}")
    if len(features) != 2:
        raise ValueError(f"features must hold 2 names, not {len(features)}")
    if weights is None:
        angles = 2 * np.pi * np.arange(count) / count
        weights = np.array([np.cos(angles), np.sin(angles)])
    matrix = np.asarray(weights, dtype=float)
    offsets = np.zeros(count) if bias is None else np.asarray(bias, dtype=float)
    if matrix.shape != (2, count) or offsets.shape != (count,):
        raise ValueError(
            f"{count} classes need weights of shape (2, {count}) and {count} biases, not {matrix.shape} and {offsets.shape}"
        )
    if not all(np.isfinite(values).all() for values in (data, matrix, offsets)):
        raise ValueError("points, weights and bias must be finite")
    if not 0.1 <= temperature <= 5:
        raise ValueError(f"temperature must lie between 0.1 and 5, not {temperature}")
    if description is None:
        description = (
            f"The plane of {features[0]} and {features[1]} is cut by straight lines into one convex region for each of "
            f"{', '.join(names)}; curves show where the classifier is 70, 90 and 99 percent sure."
        )
    spec = {
        "points": np.round(data, 3).tolist(),
        "targets": labels.tolist(),
        "names": [str(name) for name in names],
        "features": [str(name) for name in features],
        "weights": matrix.tolist(),
        "biases": offsets.tolist(),
        "temperature": float(temperature),
    }
    return Figure("decision-regions", spec, "Decision regions", description)
