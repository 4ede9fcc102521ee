"""Scores in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
    values = np.asarray(logits, dtype=float)
    if values.ndim != 1 or not 2 <= values.size <= 10:
        raise ValueError(f"logits must be a list of 2 to 10 numbers, not an array of shape {values.shape}")
    if not np.all(np.isfinite(values)):
        raise ValueError(f"logits must be finite, not {values.tolist()}")
    names = [f"class {k}" for k in range(values.size)] if labels is None else [str(label) for label in labels]
    if len(names) != values.size:
        raise ValueError(f"{len(names)} labels for {values.size} logits; give one label a logit")
    if not 0.1 <= temperature <= 5:
        raise ValueError(f"temperature must lie between 0.1 and 5, not {temperature}")
    if description is None:
        bars = f"Bars show the probabilities of {', '.join(names)}"
        description = f"{bars}; the sliders set their scores and the temperature."
    spec = {"logits": values.tolist(), "labels": names, "temperature": float(temperature)}
    if shift:
        spec["shift"] = True
    return Figure("softmax-explorer", spec, "Softmax explorer", description)
