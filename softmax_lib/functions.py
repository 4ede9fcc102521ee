"""Softmax and its companions: log-softmax, log-sum-exp, derivatives, and the online normalizer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

__all__ = ["softmax", "log_softmax", "logsumexp", "softmax_jacobian", "softmax_jvp", "softmax_vjp",
           "online_logsumexp", "OnlineLogSumExp"]


def _as_real(x, name="x"):
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; pass its data and where=~mask")
    array = np.asarray(x)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def softmax(x, axis=-1, *, where=None, out=None):
    """exp(x) / sum(exp(x)) along `axis`."""
    x = _as_real(x)
    return _finish(_softmax(x, axis, where), x, out)


def _finish(result, x, out):
    result = result.astype(x.dtype.newbyteorder("="), copy=False)
    if out is None:
        return result if x.ndim else result[()]
    out[...] = result
    return out


def _shifted(x, axis, where):
    work = x.astype(np.result_type(x.dtype, np.float32))
    if where is not None:
        work = np.where(where, work, -np.inf)
    top = work.max(axis=axis, keepdims=True, initial=-np.inf) if x.ndim else work
    return work, np.where(np.isfinite(top), top, 0), top


def _axes(x, axis):
    return axis if x.ndim else None


def _softmax(x, axis, where):
    axis = _axes(x, axis)
    work, top, _ = _shifted(x, axis, where)
    with np.errstate(all="ignore"):
        e = np.exp(work - top)
        p = e / e.sum(axis=axis, keepdims=True)
    if where is not None:
        nothing = ~np.broadcast_to(where, x.shape).any(axis=axis, keepdims=True)
        p = np.where(nothing, 0, p)
    return p


def log_softmax(x, axis=-1, *, where=None, out=None):
    """x - logsumexp(x) along `axis`."""
    x = _as_real(x)
    axis = _axes(x, axis)
    work, top, _ = _shifted(x, axis, where)
    with np.errstate(all="ignore"):
        d = work - top
        log_p = d - np.log(np.exp(d).sum(axis=axis, keepdims=True))
    if where is not None:
        log_p = np.where(where, log_p, -np.inf)
    return _finish(log_p, x, out)


def logsumexp(x, axis=None, *, where=None, keepdims=False):
    """log(sum(exp(x))) along `axis`."""
    x = _as_real(x)
    axis = _axes(x, axis)
    work, top, _ = _shifted(x, axis, where)
    with np.errstate(all="ignore"):
        value = top + np.log(np.exp(work - top).sum(axis=axis, keepdims=True))
    value = value if keepdims else value.squeeze(axis=axis)
    return value.astype(x.dtype.newbyteorder("="))[()]


def softmax_jacobian(p):
    """diag(p) - p p^T for every row of p (..., K): (..., K, K)."""
    p = _as_real(p, "p")
    return p[..., :, None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])


def softmax_jvp(p, v, axis=-1):
    """Jacobian times v: p * (v - <p, v>)."""
    p, v = _as_real(p, "p"), _as_real(v, "v")
    return p * (v - (p * v).sum(axis=axis, keepdims=True))


def softmax_vjp(p, g, axis=-1):
    """g times Jacobian; equal to the JVP because the Jacobian is symmetric."""
    return softmax_jvp(p, g, axis)


class OnlineLogSumExp:
    """Running (max, sum) of exp, fed in chunks and mergeable."""

    def __init__(self, max=-np.inf, sum=0.0):
        self.max, self.sum = max, sum

    def update(self, x):
        x = _as_real(x).astype(np.float64)
        if x.size:
            top = float(x.max())
            shift = top if np.isfinite(top) else 0.0
            self._absorb(top, float(np.exp(x - shift).sum()))
        return self

    def merge(self, other):
        self._absorb(other.max, other.sum)
        return self

    def _absorb(self, top, total):
        new = max(self.max, top)
        if np.isfinite(new):
            self.sum = self.sum * np.exp(self.max - new) + total * np.exp(top - new)
        self.max = new

    def __add__(self, other):
        return OnlineLogSumExp(self.max, self.sum).merge(other)

    @property
    def value(self):
        if self.max == -np.inf or self.max == np.inf:
            return self.max
        return self.max + float(np.log(self.sum))


def online_logsumexp(chunks: Iterable | None = None) -> OnlineLogSumExp:
    """State after all the chunks."""
    state = OnlineLogSumExp()
    for chunk in chunks or ():
        state.update(chunk)
    return state
