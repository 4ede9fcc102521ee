"""Checks that the components share. Errors say what was given, what is needed and how to fix it."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from softmax_lib._validation import check_label_range

Size = int | tuple[int, int | None]  # exactly so many, or from the first to the second; None: without end

_CLASSES = tuple(f"class {k}" for k in range(10))


def numbers(given: ArrayLike, name: str, *sizes: Size, low: float = -np.inf, high: float = np.inf) -> np.ndarray:
    """`given` as an array of finite numbers from `low` to `high`, with one axis for each of `sizes`."""
    wanted = f"an array of {' × '.join(map(_words, sizes))} numbers" if sizes else "one number"
    try:
        values = np.asarray(given, dtype=float)
    except (TypeError, ValueError) as error:
        problem = f"{name} must be {wanted}, not {reprlib.repr(given)}; convert what it holds with float()"
        raise type(error)(problem) from None
    if values.ndim != len(sizes) or not all(map(_fits, values.shape, sizes)):
        raise ValueError(
            f"{name} must be {wanted}, not of shape {values.shape}; reshape it, add numbers or leave some out"
        )
    for fine, needed, cure in [
        (np.isfinite(values), "be finite", "put a number in place of NaN and infinity"),
        ((low <= values) & (values <= high), f"lie between {low:g} and {high:g}, as far as the figure reaches",
         "scale or clip it"),
    ]:  # fmt: skip
        if not fine.all():
            place = np.argwhere(~fine)[0].tolist()
            found = f"{f'entry {place}' if sizes else 'it'} is {values[tuple(place)]}"
            raise ValueError(f"{name} must {needed}, but {found}; {cure}")
    return values


def number(given: float, name: str, low: float, high: float) -> float:
    """`given` as a float from `low` to `high`."""
    return float(numbers(given, name, low=low, high=high))


def texts(given: Iterable[object], name: str, size: Size) -> list[str]:
    """`given` as a list of as many strings as `size` says."""
    found = [str(one) for one in given]
    if not _fits(len(found), size):
        raise ValueError(
            f"{name} must hold {_words(size)} names, not {len(found)}: {reprlib.repr(found)}; add names or leave some out"
        )
    return found


def one_name_each(labels: Iterable[object] | None, values: np.ndarray, default: Sequence[str] = _CLASSES) -> list[str]:
    """One name for each of `values`; None stands for the first of `default`."""
    return texts(default[: len(values)] if labels is None else labels, "labels", len(values))


def choice(given: object, name: str, options: Iterable[object]) -> None:
    """Refuse what is none of `options`."""
    options = list(options)
    if given not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}, not {given!r}")


def class_indices(given: ArrayLike, name: str, count: int, classes: int) -> np.ndarray:
    """`given` as an array of `count` integers from 0 to `classes` - 1."""
    found = np.asarray(given)
    if found.shape != (count,) or found.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be {count} integers, not {found.dtype} of shape {found.shape}; "
            "give each sample the index of its class"
        )
    check_label_range(found, classes, name)
    return found


def _fits(length: int, size: Size) -> bool:
    least, most = size if isinstance(size, tuple) else (size, size)
    return least <= length and (most is None or length <= most)


def _words(size: Size) -> str:
    if not isinstance(size, tuple):
        return str(size)
    least, most = size
    return f"{least} or more" if most is None else f"{least} to {most}"
