r"""Sparse relatives of softmax: the maximizers of :math:`\langle p, z\rangle + H_\alpha(p)` for Tsallis entropies.

``alpha = 1`` is softmax, ``alpha = 2`` is sparsemax, and every alpha above 1 can give exact zeros.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._validation import real_array
from .functions import softmax

__all__ = ["entmax", "entmax15", "sparsemax"]


def sparsemax(z: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""The Euclidean projection of the scores onto the simplex, :math:`[z - \tau]_+` with a sum of 1.

    Parameters
    ----------
    z : array_like
        Finite scores. Floating dtypes are kept; integers become float64. Computed in at least float64.
    axis : int, default -1
        The axis along which the result sums to 1.

    Returns
    -------
    ndarray
        Probabilities of the shape of `z`, with exact zeros where scores are low enough.

    Raises
    ------
    TypeError
        If `z` is not real.
    ValueError
        If `z` is not finite, or has no class along `axis`.

    References
    ----------
    Martins & Astudillo (2016), "From softmax to sparsemax", ICML, Algorithm 1.

    Examples
    --------
    >>> sparsemax([1.0, 0.5, -1.0])
    array([0.75, 0.25, 0.  ])
    """
    z, wide = _checked_scores(z, axis, alpha=2)
    ranked = -np.sort(-wide, axis=-1)
    rank = np.arange(1, wide.shape[-1] + 1)
    in_support = 1 + rank * ranked > np.cumsum(ranked, axis=-1)
    threshold = (np.where(in_support, ranked, 0).sum(-1, keepdims=True) - 1) / in_support.sum(-1, keepdims=True)
    return _restored(np.maximum(wide - threshold, 0), z, axis)


def entmax15(z: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""Entmax with :math:`\alpha = 1.5`, exactly: :math:`[z/2 - \tau]_+^2` with a sum of 1.

    Parameters
    ----------
    z : array_like
        Finite scores. Floating dtypes are kept; integers become float64. Computed in at least float64.
    axis : int, default -1
        The axis along which the result sums to 1.

    Returns
    -------
    ndarray
        Probabilities of the shape of `z`, sparser than softmax's, less sparse than sparsemax's.

    Raises
    ------
    TypeError, ValueError
        As in :func:`sparsemax`.

    References
    ----------
    Peters, Niculae & Martins (2019), "Sparse sequence-to-sequence models", ACL, Algorithm 2.

    Examples
    --------
    >>> entmax15([1.0, 0.5, -1.0]).round(3)
    array([0.674, 0.326, 0.   ])
    """
    z, wide = _checked_scores(z, axis, alpha=1.5)
    half = wide / 2
    ranked = -np.sort(-half, axis=-1)
    rank = np.arange(1, half.shape[-1] + 1)
    mean = np.cumsum(ranked, axis=-1) / rank
    spread = np.cumsum(ranked**2, axis=-1) - rank * mean**2
    candidates = mean - np.sqrt(np.maximum((1 - spread) / rank, 0))
    size = np.maximum((candidates <= ranked).sum(-1, keepdims=True), 1)
    threshold = np.take_along_axis(candidates, size - 1, axis=-1)
    # The running sums have rounded; one step of Newton's method makes the total 1 to the last digit.
    above = np.maximum(half - threshold, 0)
    threshold = threshold + ((above**2).sum(-1, keepdims=True) - 1) / (2 * above.sum(-1, keepdims=True))
    return _restored(np.maximum(half - threshold, 0) ** 2, z, axis)


def entmax(z: ArrayLike, alpha: float = 1.5, axis: int = -1) -> np.ndarray:
    r"""Entmax: :math:`[(\alpha-1) z - \tau]_+^{1/(\alpha-1)}` with a sum of 1, from softmax (1) to argmax (infinity).

    Parameters
    ----------
    z : array_like
        Finite scores. Floating dtypes are kept; integers become float64. Computed in at least float64.
    alpha : float, default 1.5
        At least 1. The cases 1, 1.5 and 2 are computed in closed form, the others by bisection.
    axis : int, default -1
        The axis along which the result sums to 1.

    Returns
    -------
    ndarray
        Probabilities of the shape of `z`.

    Raises
    ------
    TypeError
        If `z` is not real.
    ValueError
        If `alpha` is below 1 or not finite, `z` is not finite, or has no class along `axis`.

    References
    ----------
    Peters, Niculae & Martins (2019), Section 3, and Algorithm 1 for the bisection; Blondel, Martins & Niculae (2020),
    "Learning with Fenchel-Young losses", JMLR 21(35).

    Examples
    --------
    >>> entmax([1.0, 0.9, -1.0], alpha=3).round(4)
    array([0.6, 0.4, 0. ])
    """
    if not (np.ndim(alpha) == 0 and 1 <= alpha < np.inf):
        raise ValueError(f"alpha must be a number from 1 (softmax) upwards, got {alpha!r}")
    if alpha == 1:
        z, wide = _checked_scores(z, axis, alpha)
        return _restored(softmax(wide), z, axis)
    if alpha == 1.5:
        return entmax15(z, axis)
    if alpha == 2:
        return sparsemax(z, axis)
    return _entmax_by_bisection(z, float(alpha), axis)


def _entmax_by_bisection(z: ArrayLike, alpha: float, axis: int) -> np.ndarray:
    z, wide = _checked_scores(z, axis, alpha)
    scaled = (alpha - 1) * wide
    power = 1 / (alpha - 1)
    # At the lower end the top score alone has probability 1; at the upper end all could have no more than 1/K.
    low = np.full((*scaled.shape[:-1], 1), -1.0, scaled.dtype)
    high = np.full_like(low, -(float(scaled.shape[-1]) ** (1 - alpha)))
    for _ in range(np.finfo(scaled.dtype).nmant + 12):
        middle = (low + high) / 2
        too_much = (np.maximum(scaled - middle, 0) ** power).sum(-1, keepdims=True) >= 1
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    p = np.maximum(scaled - low, 0) ** power
    return _restored(p / p.sum(-1, keepdims=True), z, axis)


def _checked_scores(z: ArrayLike, axis: int, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """The scores as given, and in at least float64 with `axis` last, a maximum of 0, and no score out of reach."""
    z = real_array(z, "z")
    if z.ndim == 0 or z.shape[axis] == 0:
        raise ValueError(f"z needs at least one class along axis {axis}, got shape {z.shape}")
    if not np.isfinite(z).all():
        raise ValueError("z must be finite, but holds NaN or infinity; leave excluded classes out")
    wide = np.moveaxis(z, axis, -1).astype(np.promote_types(z.dtype, np.float64))
    with np.errstate(over="ignore"):
        shifted = wide - wide.max(-1, keepdims=True)
    # A score 1 / (alpha - 1) below the top one has probability 0. Beyond that it would only spoil the sums by rounding.
    return z, np.maximum(shifted, -2 / (alpha - 1)) if alpha > 1 else shifted


def _restored(p: np.ndarray, z: np.ndarray, axis: int) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(p, -1, axis), z.dtype)
