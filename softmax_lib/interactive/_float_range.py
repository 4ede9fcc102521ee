"""What a floating-point format does to the two formulas of softmax."""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import choice, number, texts
from softmax_lib.interactive._figure import Figure

# How far the sliders reach: |largest score|, and largest minus smallest.
_REACH = {"float16": (20, 24), "bfloat16": (120, 120), "float32": (120, 120), "float64": (900, 900)}


def float_range(
    labels: Sequence[str] = ("first", "second", "third"),
    format: str = "float32",
    largest: float = 60.0,
    gap: float = 20.0,
    description: str | None = None,
) -> Figure:
    """Three scores on the line of exponents of a number format, and softmax evaluated in that format, plain and shifted.

    Parameters
    ----------
    labels : sequence of 3 str
        Names of the scores, largest first.
    format : str
        ``"float16"``, ``"bfloat16"``, ``"float32"`` or ``"float64"``.
    largest : float
        The largest score to start from: up to 20 in size for float16, 900 for float64, 120 otherwise.
    gap : float
        The largest minus the smallest score to start from: 0 to 24 for float16, 900 for float64, 120 otherwise.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are not three labels, the format is unknown, or a number is outside the sliders of the format.

    Examples
    --------
    >>> float_range(format="float16", largest=5, gap=8).component
    'float-range'

    Used in chapter 3.
    """
    names = texts(labels, "labels", 3)
    choice(format, "format", _REACH)
    reach, widest = _REACH[format]
    largest = number(largest, f"with {format}, largest", -reach, reach)
    gap = number(gap, f"with {format}, gap", 0, widest)
    if description is None:
        description = (
            "A line of scores, divided where their exponential is zero, subnormal, normal or infinite in the chosen number "
            "format; below it the probabilities that the plain and the shifted formula give in that format."
        )
    spec = {"labels": names, "format": format, "shift": largest, "gap": gap}
    return Figure("float-range", spec, "Softmax in a number format", description)
