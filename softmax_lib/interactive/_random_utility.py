"""Scores plus noise: does the largest sum follow softmax?"""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import choice, numbers, one_name_each
from softmax_lib.interactive._figure import Figure

NOISES = ("gumbel", "normal", "uniform")


def random_utility(
    logits: Sequence[float],
    labels: Sequence[str] | None = None,
    noise: str = "gumbel",
    seed: int = 2,
    description: str | None = None,
) -> Figure:
    """Races of noisy scores; the shares of wins beside the softmax probabilities, with a chi-square test.

    Each race adds fresh noise to every score, and the largest sum wins. The three kinds of noise have the same mean and
    the same variance, so that only their shape differs.

    Parameters
    ----------
    logits : sequence of 2 to 6 numbers between -3 and 3
        The scores to start from.
    labels : sequence of str, optional
        One name a score; by default "class 0", "class 1", …
    noise : {"gumbel", "normal", "uniform"}
        Law of the noise to start with.
    seed : int
        The same seed gives the same races everywhere.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 6 scores, a score is not finite or out of range, the labels do not
        match, or the noise is unknown.

    Examples
    --------
    >>> random_utility([2.1, 0.3, -1.0], ["cat", "dog", "bird"]).component
    'random-utility'

    Used in chapter 2.
    """
    values = numbers(logits, "logits", (2, 6), low=-3, high=3)
    names = one_name_each(labels, values)
    choice(noise, "noise", NOISES)
    if description is None:
        description = (
            f"Each race adds noise to the scores of {', '.join(names)} and the largest sum wins; bars compare the shares "
            "of wins with the softmax probabilities."
        )
    spec = {"logits": values.tolist(), "labels": names, "noise": noise, "seed": int(seed)}
    return Figure("random-utility", spec, "Random utility race", description)
