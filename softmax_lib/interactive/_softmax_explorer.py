"""Scores in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import number, numbers, one_name_each
from softmax_lib.interactive._figure import Figure


def softmax_explorer(
    logits: Sequence[float],
    labels: Sequence[str] | None = None,
    temperature: float = 1.0,
    description: str | None = None,
    *,
    shift: bool = False,
) -> Figure:
    """Sliders for scores and temperature, bars for the probabilities, and a readout of entropy and top class.

    Parameters
    ----------
    logits : sequence of 2 to 10 finite numbers
        The scores to start from.
    labels : sequence of str, optional
        One name a score; by default "class 0", "class 1", …
    temperature : float
        From 0.1 to 5.
    description : str, optional
        One sentence for readers who do not see the picture.
    shift : bool
        Whether to offer a slider that adds one number to all scores (and so moves no bar).

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 10 scores, a score is not finite, the labels do not match, or
        the temperature is out of range.

    Examples
    --------
    >>> softmax_explorer([2.1, 0.3, -1.0], ["cat", "dog", "bird"]).component
    'softmax-explorer'

    Used in chapter 1.
    """
    values = numbers(logits, "logits", (2, 10))
    names = one_name_each(labels, values)
    temperature = number(temperature, "temperature", 0.1, 5)
    if description is None:
        bars = f"Bars show the probabilities of {', '.join(names)}"
        description = f"{bars}; the sliders set their scores and the temperature."
    spec = {"logits": values.tolist(), "labels": names, "temperature": temperature}
    if shift:
        spec["shift"] = True
    return Figure("softmax-explorer", spec, "Softmax explorer", description)
