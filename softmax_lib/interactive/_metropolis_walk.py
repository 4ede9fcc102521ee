"""A Metropolis walk on a ring of states, with error bars that know about its memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softmax_lib.interactive._checks import number, numbers, one_name_each
from softmax_lib.interactive._figure import Figure


def metropolis_walk(
    energies: Sequence[float],
    labels: Sequence[str] | None = None,
    temperature: float = 1.0,
    seed: int = 3,
    description: str | None = None,
) -> Figure:
    """A walker on a ring of states; the share of time it spends in each, beside softmax of minus energy over temperature.

    The error bars are two standard errors from the long-run variance of the chain, computed from its transition matrix;
    they are wider than those of independent draws because neighboring moves resemble each other.

    Parameters
    ----------
    energies : sequence of 3 to 8 finite numbers
        Energy of each state, in the order of the ring.
    labels : sequence of str, optional
        One short name a state; by default "A", "B", …
    temperature : float
        From 0.2 to 4.
    seed : int
        The same seed gives the same walk everywhere.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If there are fewer than 3 or more than 8 states, an energy is not finite, the energies are too far apart for the
        walk to move, the labels do not match, or the temperature is out of range.

    Examples
    --------
    >>> metropolis_walk([0.0, 1.0, 2.0]).component
    'metropolis-walk'

    Used in chapter 2.
    """
    values = numbers(energies, "energies", (3, 8))
    names = one_name_each(labels, values, "ABCDEFGH")
    temperature = number(temperature, "temperature", 0.2, 4)
    if np.ptp(values) > 4:
        raise ValueError(f"energies must lie within 4 of each other, or the walk stands still; got {values.tolist()}")
    if description is None:
        description = (
            f"A walker moves between {values.size} states of different energy; bars compare the share of time it spends "
            "in each with the softmax of minus energy over temperature."
        )
    spec = {"logits": (-values).tolist(), "labels": names, "temperature": temperature, "seed": int(seed)}
    return Figure("metropolis-walk", spec, "Metropolis walk", description)
