"""Softmax and its companions: log-softmax, log-sum-exp, derivatives, and the online normalizer.

The plain definitions are three lines of NumPy each (chapter 1). What is computed here agrees with them, but neither
overflows nor loses digits, row by row, whatever the input: :mod:`softmax_lib._kernels` says how.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from . import _kernels
from ._validation import Axis, boolean_mask, real_array

__all__ = [
    "OnlineLogSumExp",
    "log_softmax",
    "logsumexp",
    "online_logsumexp",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_vjp",
]


def softmax(
    x: ArrayLike, axis: Axis = -1, *, where: ArrayLike | None = None, out: np.ndarray | None = None
) -> np.ndarray:
    r"""Turn scores into probabilities: :math:`\sigma(x)_k = e^{x_k} / \sum_j e^{x_j}`.

    Parameters
    ----------
    x : array_like of real numbers
        Scores (logits) of any shape. Floating dtypes are kept; integers and booleans become float64.
    axis : int, tuple of int, or None, default -1
        The axis (or axes; None means all) along which the probabilities sum to 1. Every slice is computed on its own.
    where : array_like of bool, optional
        Which entries take part; must broadcast to the shape of `x`. The others get probability 0, and so does everything
        in a slice with nothing left.
    out : ndarray, optional
        Where to put the result: an array of the shape of `x` and the dtype of the result. It may be `x` itself.

    Returns
    -------
    ndarray
        Probabilities, of the shape of `x` (a scalar for a scalar). An entry of ``-inf`` gets 0. A slice that holds NaN or
        ``+inf``, or nothing but ``-inf``, becomes NaN, silently, and alone.

    Raises
    ------
    TypeError
        If `x` is not real (complex numbers, strings, objects), a masked array, or `out` or `where` has the wrong dtype.
    ValueError
        If `where` does not broadcast, or `out` has the wrong shape.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    Notes
    -----
    The error stays below 5 units in the last place for float64, and for float32 slices of 64 entries or more; below 0.51
    units for shorter float32 slices and for float16, which are computed in the next higher precision. A slice gives the
    same bits alone and inside a batch. There is no temperature argument: write ``softmax(x / temperature)``.

    References
    ----------
    Blanchard, Higham & Higham (2021), "Accurately computing the log-sum-exp and softmax functions", IMA J. Numer. Anal.
    41:2311-2330, Sections 3 and 4.

    Examples
    --------
    >>> softmax([2.1, 0.3, -1.0]).round(3)
    array([0.826, 0.137, 0.037])
    >>> softmax([[0.0, 1000.0], [5.0, 5.0]])
    array([[0. , 1. ],
           [0.5, 0.5]])
    """
    return _map_slices(_kernels.softmax_rows, real_array(x), axis, where, out, excluded=0.0)


def log_softmax(
    x: ArrayLike, axis: Axis = -1, *, where: ArrayLike | None = None, out: np.ndarray | None = None
) -> np.ndarray:
    r"""The logarithm of :func:`softmax`: :math:`\log\sigma(x)_k = x_k - \operatorname{lse}(x)`.

    Unlike ``log(softmax(x))`` it neither becomes ``-inf`` where a probability underflows, nor 0 where a probability rounds
    to 1: the logarithm keeps its digits up to gaps of 700 between the scores.

    Parameters
    ----------
    x, axis, where, out
        As in :func:`softmax`.

    Returns
    -------
    ndarray
        Log-probabilities in nats, at most 0, of the shape of `x` and the dtype of :func:`softmax`. Excluded entries, and
        entries of ``-inf``, get ``-inf``.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As in :func:`softmax`.

    References
    ----------
    Blanchard, Higham & Higham (2021), Algorithm 4.1: one maximum is left out of the sum, which goes into ``log1p``.

    Examples
    --------
    >>> log_softmax([0.0, 40.0])  # log(softmax(...)) would say 0 for the second
    array([-4.00000000e+01, -4.24835426e-18])
    """
    return _map_slices(_kernels.log_softmax_rows, real_array(x), axis, where, out, excluded=-np.inf)


def logsumexp(x: ArrayLike, axis: Axis = None, *, where: ArrayLike | None = None, keepdims: bool = False) -> np.ndarray:
    r"""The soft maximum, :math:`\operatorname{lse}(x) = \log \sum_j e^{x_j}`, and the logarithm of softmax's denominator.

    Parameters
    ----------
    x : array_like of real numbers
        Any shape. Floating dtypes are kept; integers and booleans become float64.
    axis : int, tuple of int, or None, default None
        The axis or axes to sum over; None means all, as in every NumPy reduction.
    where : array_like of bool, optional
        Which entries take part; must broadcast to the shape of `x`.
    keepdims : bool, default False
        Keep the reduced axes with length 1.

    Returns
    -------
    ndarray or scalar
        Sums over nothing (empty slices, or nothing but ``-inf``) are ``-inf``; NaN beats ``+inf``, ``+inf`` beats everything
        else.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As in :func:`softmax`.

    References
    ----------
    Blanchard, Higham & Higham (2021), Algorithm 4.1.

    Examples
    --------
    >>> float(logsumexp([1000.0, 1000.0]))  # 1000 + log(2)
    1000.6931471805599
    >>> logsumexp([[0, 1], [2, 3]], axis=0).round(3)
    array([2.127, 3.127])
    """
    x = real_array(x)
    axes = _normalized_axes(axis, x.ndim)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    result = np.full(kept, -np.inf, x.dtype)
    if x.size:
        rows = _as_rows(_without_excluded(x, where), axes)
        values = np.empty(len(rows), x.dtype)
        with np.errstate(all="ignore"):
            _kernels.logsumexp_rows(rows, values)
        result[...] = values.reshape(kept)
    return result if keepdims else result.squeeze(axes)[()]


def softmax_jacobian(p: ArrayLike) -> np.ndarray:
    r"""The Jacobian of softmax, :math:`\partial p_i / \partial z_j = p_i (\delta_{ij} - p_j)`, from its output.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities, ``p = softmax(z)``. Floating dtypes are kept; integers become float64.

    Returns
    -------
    ndarray, shape (..., K, K)
        diag(p) - p pᵀ for every row: symmetric, positive semidefinite, with rows that sum to 0.

    Raises
    ------
    TypeError
        If `p` is not real.
    ValueError
        If `p` is a scalar.

    Notes
    -----
    K² numbers a row: use :func:`softmax_jvp` or :func:`softmax_vjp` for a product with the Jacobian.

    References
    ----------
    Bridle (1990), "Training stochastic model recognition algorithms as networks can lead to maximum mutual information
    estimation of parameters", NIPS 2:211-217.

    Examples
    --------
    >>> softmax_jacobian([0.5, 0.5])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    p = real_array(p, "p")
    if p.ndim == 0:
        raise ValueError("p needs an axis of classes, got a scalar; pass softmax(z) of a vector z")
    jacobian = -p[..., :, None] * p[..., None, :]
    diagonal = np.einsum("...ii->...i", jacobian)  # a view, writable
    diagonal[...] = p * _sum_of_others(p)  # 1 - p would lose its digits for p near 1
    return jacobian


def softmax_jvp(p: ArrayLike, v: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""The Jacobian of softmax times a vector, :math:`p \odot (v - \langle p, v\rangle)`, in O(K).

    Parameters
    ----------
    p : array_like
        Probabilities, ``p = softmax(z, axis)``.
    v : array_like
        Direction in which the scores move; must broadcast with `p`.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        How the probabilities move, in the common dtype of `p` and `v`. Every slice sums to 0.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If the shapes do not broadcast.

    References
    ----------
    Bridle (1990), as in :func:`softmax_jacobian`.

    Examples
    --------
    >>> softmax_jvp([0.5, 0.5], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    p, v = real_array(p, "p"), real_array(v, "v")
    return p * (v - (p * v).sum(axis=axis, keepdims=True))


def softmax_vjp(p: ArrayLike, g: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""A vector times the Jacobian of softmax, in O(K): what backpropagation needs.

    Equal to :func:`softmax_jvp`, because the Jacobian is symmetric.

    Parameters
    ----------
    p : array_like
        Probabilities, ``p = softmax(z, axis)``.
    g : array_like
        Gradient of a loss with respect to `p`; must broadcast with it.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        Gradient of that loss with respect to `z`. Every slice sums to 0.

    Raises
    ------
    TypeError, ValueError
        As in :func:`softmax_jvp`.

    References
    ----------
    Bridle (1990), as in :func:`softmax_jacobian`.

    Examples
    --------
    >>> softmax_vjp([0.25, 0.75], [-4.0, 0.0])  # the gradient of -log(p) at the first class: p - y
    array([-0.75,  0.75])
    """
    return softmax_jvp(p, real_array(g, "g"), axis)


class OnlineLogSumExp:
    r"""A running log-sum-exp: the pair (max, sum), fed in chunks and merged in any order.

    After numbers :math:`x_1, \dots, x_n` it holds :math:`m = \max_j x_j` and :math:`s = \sum_j e^{x_j - m}`, hence
    :math:`\operatorname{lse}(x) = m + \log s`, after one pass over the data. Two states merge associatively, which is what
    makes blockwise softmax (and FlashAttention) possible. Use :func:`online_logsumexp` to make one.

    Attributes
    ----------
    max : float
        The largest number so far, ``-inf`` before the first.
    sum : float
        The sum of exp(x - max) so far, 0 before the first.
    value : float
        The log-sum-exp so far, ``-inf`` before the first.

    References
    ----------
    Milakov & Gimelshein (2018), "Online normalizer calculation for softmax", arXiv:1805.02867, Algorithm 3 and Section 3.1.

    Examples
    --------
    >>> left, right = OnlineLogSumExp().update([1.0, 2.0]), OnlineLogSumExp().update([3.0])
    >>> (left + right).max, round((left + right).value, 6), round(float(logsumexp([1.0, 2.0, 3.0])), 6)
    (3.0, 3.407606, 3.407606)
    """

    def __init__(self) -> None:
        self.max = -np.inf
        self.sum = 0.0

    @property
    def value(self) -> float:
        """The log-sum-exp of everything so far."""
        return float(self.max + np.log(self.sum)) if np.isfinite(self.max) else self.max

    def update(self, x: ArrayLike) -> OnlineLogSumExp:
        """Take in the numbers of one chunk, of any shape, and return the state itself."""
        x = real_array(x).astype(np.float64)
        if x.size:
            top = float(x.max())
            with np.errstate(all="ignore"):
                total = float(np.exp(x - top).sum()) if np.isfinite(top) else 0.0
            self._absorb(top, total)
        return self

    def merge(self, other: OnlineLogSumExp) -> OnlineLogSumExp:
        """Take in everything that another state has seen, and return the state itself."""
        if not isinstance(other, OnlineLogSumExp):
            raise TypeError(
                f"can only merge another OnlineLogSumExp, got {type(other).__name__}; use update for numbers"
            )
        self._absorb(other.max, other.sum)
        return self

    def __add__(self, other: OnlineLogSumExp) -> OnlineLogSumExp:
        if not isinstance(other, OnlineLogSumExp):
            return NotImplemented
        return OnlineLogSumExp().merge(self).merge(other)

    def __repr__(self) -> str:
        return f"OnlineLogSumExp(max={self.max!r}, sum={self.sum!r})"

    def _absorb(self, top: float, total: float) -> None:
        highest = float(np.maximum(self.max, top))
        if np.isfinite(highest):
            with np.errstate(all="ignore"):
                self.sum = float(self.sum * np.exp(self.max - highest) + total * np.exp(top - highest))
        self.max = highest


def online_logsumexp(chunks: Iterable[ArrayLike] | None = None) -> OnlineLogSumExp:
    """Start an :class:`OnlineLogSumExp`, and feed it.

    Parameters
    ----------
    chunks : iterable of array_like, optional
        Chunks of real numbers, each of any shape, visited once and in order.

    Returns
    -------
    OnlineLogSumExp
        The state after all the chunks, with ``.value``, ``.max``, ``.sum``, ``.update(x)`` and ``.merge(other)``.

    Raises
    ------
    TypeError
        If a chunk is not real.

    References
    ----------
    Milakov & Gimelshein (2018), Algorithm 3.

    Examples
    --------
    >>> state = online_logsumexp([[1000.0, 999.0], [1001.0]])
    >>> state.max, round(state.sum, 6), round(state.value, 6)
    (1001.0, 1.503215, 1001.407606)
    """
    state = OnlineLogSumExp()
    for chunk in () if chunks is None else chunks:
        state.update(chunk)
    return state


# --- from arrays of any shape to rows and back ------------------------------------------------------------------------


def _map_slices(
    kernel: Callable[[np.ndarray, np.ndarray], None],
    x: np.ndarray,
    axis: Axis,
    where: ArrayLike | None,
    out: np.ndarray | None,
    excluded: float,
) -> np.ndarray:
    """Apply `kernel` to every slice of `x` along `axis`; entries excluded by `where` get the value `excluded`."""
    axes = _normalized_axes(axis, x.ndim)
    result = np.empty_like(x, subok=False) if out is None else _checked_out(out, x)
    source = _without_excluded(x, where)
    if out is not None and np.may_share_memory(source, result) and not _same_elements(source, result):
        source = source.copy()  # blocks of the result would overwrite rows still to be read
    if x.size:
        _run(kernel, source, result, axes)
    if where is not None:
        np.copyto(result, excluded, where=~boolean_mask(where, x.shape))
    return result if out is not None else result[()]


def _run(kernel: Callable[[np.ndarray, np.ndarray], None], x: np.ndarray, result: np.ndarray, axes: tuple) -> None:
    rows, result_rows = _as_rows(x, axes), _as_rows(result, axes)
    with np.errstate(all="ignore"):
        kernel(rows, result_rows)
    if result_rows.base is not result and not np.may_share_memory(
        result_rows, result
    ):  # the rows of the result could only be had as a copy
        moved = np.moveaxis(result, axes, range(-len(axes), 0))
        moved[...] = result_rows.reshape(moved.shape)


def _normalized_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    if axis is None or (ndim == 0 and axis in (-1, 0)):
        return tuple(range(ndim))
    given = axis if isinstance(axis, tuple) else (axis,)
    for one in given:
        if not -ndim <= operator.index(one) < ndim:
            raise np.exceptions.AxisError(one, ndim)
    axes = tuple(one % ndim for one in given)
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis names an axis twice: {axis}")
    return axes


def _as_rows(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """`x` as an array with one row for every slice along `axes`: a view if there is one, else a copy."""
    length = math.prod(x.shape[i] for i in axes)
    if axes != tuple(range(x.ndim - len(axes), x.ndim)):
        x = np.moveaxis(x, axes, range(-len(axes), 0))
    return x.reshape(-1, length)


def _without_excluded(x: np.ndarray, where: ArrayLike | None) -> np.ndarray:
    """`x` with -inf, which adds nothing to any sum of exponentials, wherever `where` is false."""
    if where is None:
        return x
    return np.where(boolean_mask(where, x.shape), x, x.dtype.type(-np.inf))


def _checked_out(out: np.ndarray, x: np.ndarray) -> np.ndarray:
    if not isinstance(out, np.ndarray) or out.dtype != x.dtype:
        given = f"dtype {out.dtype}" if isinstance(out, np.ndarray) else f"a {type(out).__name__}"
        raise TypeError(f"out must be an array of the result's dtype {x.dtype}, got {given}; use np.empty_like")
    if out.shape != x.shape:
        raise ValueError(f"out must have the shape {x.shape} of x, got {out.shape}")
    return out


def _same_elements(a: np.ndarray, b: np.ndarray) -> bool:
    return a.ctypes.data == b.ctypes.data and a.strides == b.strides


def _sum_of_others(p: np.ndarray) -> np.ndarray:
    """For every entry, the sum of the other entries of its row, without cancellation: sums from both ends."""
    before, after = np.zeros_like(p), np.zeros_like(p)
    np.cumsum(p[..., :-1], axis=-1, out=before[..., 1:])
    np.cumsum(p[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before + after
