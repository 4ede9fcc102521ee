"""Every wiring of three outputs and a loss, at logits that the reader drags."""

from __future__ import annotations

from collections.abc import Sequence

from softmax_lib.interactive._checks import choice, numbers, texts
from softmax_lib.interactive._figure import Figure

_OUTPUTS = ("softmax", "none", "twice", "sigmoid")
_LOSSES = ("probabilities", "logits", "squared")


def wiring_explorer(
    logits: Sequence[float],
    labels: Sequence[str],
    target: int = 0,
    output: str = "softmax",
    loss: str = "probabilities",
    recover: bool = False,
    description: str | None = None,
) -> Figure:
    """Choose how a network ends and what its loss is; drag three logits; see the loss and its gradient beside p - y.

    Parameters
    ----------
    logits : sequence of 3 numbers
        Where the logits start, between -30 and 30.
    labels : sequence of 3 strings
        Names of the classes.
    target : int
        The true class to start with.
    output : str
        What the network ends in: ``"softmax"``, ``"none"``, ``"twice"`` or ``"sigmoid"``.
    loss : str
        ``"probabilities"`` (clipped and normalized, as Keras does), ``"logits"`` or ``"squared"``.
    recover : bool
        Start with Keras on TensorFlow, which takes the scores behind a softmax or sigmoid output.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If a number is out of range or a name unknown.

    Examples
    --------
    >>> wiring_explorer([4.0, 0.0, -2.0], ["cat", "dog", "bird"]).component
    'wiring-explorer'

    Used in chapter 7.
    """
    values, names = numbers(logits, "logits", 3, low=-30, high=30), texts(labels, "labels", 3)
    choice(target, "target", range(3))
    choice(output, "output", _OUTPUTS)
    choice(loss, "loss", _LOSSES)
    if description is None:
        description = (
            "Three logits to drag; below each, the slope of the chosen loss beside the right one, p minus y. "
            "The readout gives the loss and the length of both gradients."
        )
    spec = {
        "logits": values.tolist(), "labels": names, "target": int(target),
        "output": output, "loss": loss, "recover": bool(recover),
    }  # fmt: skip
    return Figure("wiring-explorer", spec, "Wiring explorer", description)
