"""Checks of arguments, shared by the modules of the library. Errors say what was given, what is needed, how to fix it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Axis = int | tuple[int, ...] | None


def real_array(x: ArrayLike, name: str = "x") -> np.ndarray:
    """`x` as an array of floating-point numbers in native byte order, copied only if that needs a copy.

    Floating dtypes are kept (bfloat16 included), integers and booleans become float64 before any arithmetic.
    """
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be ignored; pass {name}.data, and where=~mask where there is one"
        )
    array = np.asarray(x)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind == "f" or array.dtype.name == "bfloat16":
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    raise TypeError(
        f"{name} must hold real numbers (floating, integer or boolean), got dtype {array.dtype}{_hint(array)}"
    )


def _hint(array: np.ndarray) -> str:
    if array.dtype.kind == "O":
        return "; convert it with np.asarray(..., dtype=float)"
    if array.dtype.kind == "c":
        return "; take its .real part if the imaginary part is 0"
    return ""


def probability_array(p: ArrayLike, name: str, axis: int = -1) -> np.ndarray:
    """`p` as an array of distributions along `axis`: non-negative, and summing to 1 up to rounding."""
    array = real_array(p, name)
    check_axis_exists(array, name)
    wide = array.astype(np.promote_types(array.dtype, np.float64), copy=False)
    if not (wide >= 0).all():
        raise ValueError(f"{name} must not be negative or NaN; the smallest entry is {wide.min()}. Are these logits?")
    sums = wide.sum(axis)
    # A rounding error for every entry, in the precision of the input: float32 probabilities sum to 1 +- 1e-6 or so.
    eps = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 2**-7  # bfloat16 is unknown to np.finfo
    tolerance = 8 * np.sqrt(array.shape[axis]) * max(float(eps), 1e-9)
    if not (np.abs(sums - 1) <= tolerance).all():
        worst = sums.reshape(-1)[np.abs(sums - 1).argmax()]
        raise ValueError(
            f"{name} must sum to 1 along axis {axis}, but a sum is {worst:.6g}; "
            f"pass probabilities, such as softmax(logits)"
        )
    return array


def check_axis_exists(array: np.ndarray, name: str) -> None:
    """Refuse an array that has no axis of classes, or no class in it."""
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} needs at least one class along the last axis, got shape {array.shape}")


def integer_labels(y: ArrayLike, name: str) -> np.ndarray:
    """`y` as an array of index integers."""
    if isinstance(y, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array, whose mask would be ignored; leave the masked samples out")
    y = np.asarray(y)
    if y.dtype.kind not in "iu" and y.size:
        raise TypeError(f"{name} must hold integer labels, got dtype {y.dtype}; convert them, e.g. with .astype(int)")
    return y.astype(np.intp, copy=False)


def check_label_range(labels: np.ndarray, classes: int, name: str) -> None:
    """Refuse labels outside 0 to `classes` - 1."""
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"{name} must lie in 0 to {classes - 1} for {classes} classes, got labels from {labels.min()} to {labels.max()}"
        )


def boolean_mask(where: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """`where` as a boolean array that broadcasts to `shape`."""
    mask = np.asarray(where)
    if mask.dtype != np.bool_:
        raise TypeError(f"where must be boolean (True: take part), got dtype {mask.dtype}; write where=mask != 0")
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"where of shape {mask.shape} does not broadcast to the shape {shape} of x") from None


def positive_number(value: float, name: str) -> float:
    """`value` as a finite float above 0."""
    if not (np.ndim(value) == 0 and np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number above 0, got {value!r}")
    return float(value)
