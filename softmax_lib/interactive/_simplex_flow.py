"""The probability simplex, the field of the Jacobian and the temperature path of a point."""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import number, numbers, texts
from softmax_lib.interactive._figure import Figure


def simplex_flow(
    logits: Sequence[float] = (1.0, 0.2, -1.2),
    labels: Sequence[str] = ("class 1", "class 2", "class 3"),
    temperature: float = 1.0,
    description: str | None = None,
) -> Figure:
    """A draggable point of the simplex of three classes, its temperature path, and the field that moves it.

    The arrows show J(q) v at points q of the simplex, for v the scores of the point (they then follow the
    temperature path) or for the raise of one score. A switch adds the image of all score steps of length ¼ under the
    Jacobian at the point, beside the disk of radius ⅛ that it never leaves.

    Parameters
    ----------
    logits : sequence of 3 finite numbers
        The scores to start from.
    labels : sequence of 3 str
        Names of the corners, in class order: lower left, lower right, top.
    temperature : float
        From 0.1 to 5.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are not three finite scores and three labels, or the temperature is out of range.

    Examples
    --------
    >>> simplex_flow([1.0, 0.0, -1.0]).component
    'simplex-flow'

    Used in chapter 3.
    """
    values, names = numbers(logits, "logits", 3), texts(labels, "labels", 3)
    temperature = number(temperature, "temperature", 0.1, 5)
    if description is None:
        description = (
            f"A triangle whose corners are {', '.join(names)}: arrows show where the probabilities move, and a curve leads "
            "from the center, at infinite temperature, through the point to the corner of its largest score."
        )
    spec = {"logits": values.tolist(), "labels": names, "temperature": temperature}
    return Figure("simplex-flow", spec, "Softmax on the probability simplex", description)
