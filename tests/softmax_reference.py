"""Oracles for the tests: the plain definitions, in NumPy and in 300-bit arithmetic, and the distance to them in ulp.

The plain versions are the ones that the chapters show: shift by the maximum, exponentials, sum. `softmax_lib` computes the
same numbers faster and to more digits, and is tested against these.
"""

from __future__ import annotations

import mpmath
import numpy as np

mpmath.mp.prec = 300


def plain_softmax(x, axis=-1, where=None):
    """The textbook softmax, shifted by the maximum."""
    x = np.asarray(x, dtype=np.float64)
    exps = np.exp(x - x.max(axis=axis, keepdims=True))
    if where is not None:
        exps = exps * where
    return exps / exps.sum(axis=axis, keepdims=True)


def plain_cross_entropy(logits, labels):
    """Mean loss and gradient, by the textbook formulas."""
    log_p = np.log(plain_softmax(logits))
    rows = np.arange(len(labels))
    gradient = plain_softmax(logits)
    gradient[rows, labels] -= 1
    return -log_p[rows, labels].mean(), gradient / len(labels)


def _shifted(row):
    numbers = [mpmath.mpf(float(v)) for v in row]
    top = max(numbers)
    return numbers, top, [mpmath.exp(v - top) for v in numbers]


def exact_softmax(row):
    """Softmax of one row, as 300-bit numbers."""
    _, _, exps = _shifted(row)
    total = mpmath.fsum(exps)
    return [e / total for e in exps]


def exact_log_softmax(row):
    """Log-softmax of one row, as 300-bit numbers, accurate for gaps of any size."""
    numbers, top, _ = _shifted(row)
    excess = exact_excess(row)
    return [(v - top) - excess for v in numbers]


def exact_excess(row):
    """log(sum(exp(row - max))), with `log1p`: 300 bits end at gaps of 208."""
    _, _, exps = _shifted(row)
    exps.remove(max(exps))
    return mpmath.log1p(mpmath.fsum(exps))


def exact_logsumexp(row):
    """Log-sum-exp of one row, as a 300-bit number."""
    return _shifted(row)[1] + exact_excess(row)


def exact_gradient(row, label):
    """p - y of one row, as 300-bit numbers: at the label it is minus the sum of the other probabilities."""
    p = exact_softmax(row)
    p[label] = -mpmath.fsum(v for k, v in enumerate(p) if k != label)
    return p


def ulps(computed, exact, dtype=None):
    """The largest error of `computed`, in units in the last place of the exact numbers."""
    computed = np.atleast_1d(computed)
    info = np.finfo(computed.dtype if dtype is None else dtype)
    worst = 0.0
    for got, true in zip(computed.tolist(), exact, strict=True):
        if true == 0:
            worst = max(worst, np.inf if got != 0 else 0.0)
            continue
        exponent = max(int(mpmath.floor(mpmath.log(abs(true), 2))), info.minexp)
        worst = max(worst, float(abs(mpmath.mpf(got) - true) / mpmath.mpf(2) ** (exponent - info.nmant)))
    return worst


def relative_error(computed, exact):
    """The largest relative error."""
    pairs = zip(np.atleast_1d(computed).tolist(), exact, strict=True)
    return max(float(abs(mpmath.mpf(got) - true) / abs(true)) for got, true in pairs)
