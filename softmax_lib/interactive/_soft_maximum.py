"""The soft maximum between its bounds, and its slope, which is softmax."""

from __future__ import annotations

from softmax_lib.interactive._checks import choice, number
from softmax_lib.interactive._figure import Figure


def soft_maximum(
    position: float = 1.0, temperature: float = 1.0, classes: int = 2, description: str | None = None
) -> Figure:
    """Move one score past its rivals and see the soft maximum T lse(z / T) round the corner of the maximum.

    Parameters
    ----------
    position : float
        The score x to start from, between -3 and 3; all other scores are 0.
    temperature : float
        From 0.1 to 1.5.
    classes : int
        2, 3 or 10.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> soft_maximum(position=0.5).component
    'soft-maximum'

    Used in chapter 9.
    """
    position, temperature = number(position, "position", -3, 3), number(temperature, "temperature", 0.1, 1.5)
    choice(classes, "classes", (2, 3, 10))
    if description is None:
        description = (
            "Above, the maximum of a score x and its rivals at 0 has a corner; the soft maximum rounds it and stays in a band "
            "of height T log K. Below, their slopes: a step for the maximum, the S-shaped softmax for the soft maximum."
        )
    spec = {"position": position, "temperature": temperature, "classes": int(classes)}
    return Figure("soft-maximum", spec, "A soft maximum and its slope", description)
