"""Softmax, entmax, sparsemax and argmax of the same three scores, on one triangle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._checks import number, numbers, texts
from softmax_lib.interactive._figure import Figure


def choice_maps(
    logits: Sequence[float],
    labels: Sequence[str] = ("class 0", "class 1", "class 2"),
    temperature: float = 1.0,
    description: str | None = None,
) -> Figure:
    """Drag three scores through the plane of the triangle and see what four maps make of them, at every temperature.

    Only differences of scores count, so the scores are drawn as a point of the triangle's plane; sparsemax is then the
    nearest point of the triangle. The lines show each map's way from the center to a corner as the scores cool.

    Parameters
    ----------
    logits : sequence of 3 numbers
        The scores to start from; with their mean taken off, between -1 and 1.
    labels : sequence of 3 str
        Names of the classes: lower left, lower right, top.
    temperature : float
        From 0.1 to 4.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are not three logits and labels, or a number is out of range.

    Examples
    --------
    >>> choice_maps([0.6, 0.3, -0.9], ["cat", "dog", "bird"]).component
    'choice-maps'

    Used in chapter 9.
    """
    values, names = numbers(logits, "logits", 3), texts(labels, "labels", 3)
    temperature = number(temperature, "temperature", 0.1, 4)
    if not np.all(np.abs(values - values.mean()) <= 1):
        raise ValueError(
            f"logits must lie within 1 of their mean, where the picture reaches, not {values.tolist()}; "
            "scale them and set the temperature instead"
        )
    if description is None:
        description = (
            f"A triangle with the corners {', '.join(names)}, and a draggable point for the scores in its plane. Softmax lies "
            "inside, sparsemax is the nearest point of the triangle, 1.5-entmax lies between, argmax is a corner."
        )
    spec = {"logits": values.tolist(), "labels": names, "temperature": temperature}
    return Figure("choice-maps", spec, "Softmax, entmax, sparsemax and argmax", description)
