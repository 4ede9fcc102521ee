"""Score plus entropy over the triangle of three classes: where is the top?"""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import number, numbers, texts
from softmax_lib.interactive._figure import Figure


def gibbs_simplex(
    logits: Sequence[float],
    labels: Sequence[str] = ("class 0", "class 1", "class 2"),
    temperature: float = 1.0,
    start: Sequence[float] = (1 / 3, 1 / 3, 1 / 3),
    description: str | None = None,
) -> Figure:
    """Drag a distribution q over the simplex and watch score plus temperature times entropy stay below its bound.

    The picture shows lines of equal gap below the bound, the softmax distribution (gap zero) and the road it takes as
    the temperature changes. *Play* climbs by exponentiated-gradient ascent.

    Parameters
    ----------
    logits : sequence of 3 numbers between -3 and 3
        The scores to start from.
    labels : sequence of 3 str
        Names of the classes: lower left, lower right, top.
    temperature : float
        From 0.1 to 4.
    start : sequence of 3 probabilities
        Where q starts.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are not three logits, labels and probabilities, a number is out of range, or `start` does not sum to 1.

    Examples
    --------
    >>> gibbs_simplex([2.1, 0.3, -1.0], ["cat", "dog", "bird"]).component
    'gibbs-simplex'

    Used in chapter 2.
    """
    values, names = numbers(logits, "logits", 3, low=-3, high=3), texts(labels, "labels", 3)
    temperature = number(temperature, "temperature", 0.1, 4)
    point = numbers(start, "start", 3, low=0, high=1)
    if not abs(point.sum() - 1) < 1e-6:
        raise ValueError(f"start must sum to 1, not to {point.sum()}; divide it by its sum")
    if description is None:
        description = (
            f"A triangle of all distributions over {', '.join(names)}: score plus temperature times entropy is largest "
            "at the softmax distribution, and falls short by the temperature times a Kullback–Leibler divergence elsewhere."
        )
    spec = {"logits": values.tolist(), "labels": names, "temperature": temperature, "start": point.tolist()}
    return Figure("gibbs-simplex", spec, "Gibbs variational formula on the simplex", description)
