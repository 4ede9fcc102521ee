"""Where a linear softmax classifier draws its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._checks import class_indices, number, numbers, texts
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
    data = numbers(points, "points", (1, None), 2)
    names, features = texts(names, "names", (2, 4)), texts(features, "features", 2)
    count = len(names)
    labels = class_indices(targets, "targets", len(data), count)
    temperature = number(temperature, "temperature", 0.1, 5)
    if weights is None:
        angles = 2 * np.pi * np.arange(count) / count
        weights = np.array([np.cos(angles), np.sin(angles)])
    matrix = numbers(weights, "weights", 2, count)
    offsets = numbers(np.zeros(count) if bias is None else bias, "bias", count)
    if description is None:
        description = (
            f"The plane of {features[0]} and {features[1]} is cut by straight lines into one convex region for each of "
            f"{', '.join(names)}; curves show where the classifier is 70, 90 and 99 percent sure."
        )
    spec = {
        "points": np.round(data, 3).tolist(),
        "targets": labels.tolist(),
        "names": names,
        "features": features,
        "weights": matrix.tolist(),
        "biases": offsets.tolist(),
        "temperature": temperature,
    }
    return Figure("decision-regions", spec, "Decision regions", description)
