"""The categorical distribution in terms of logits, and ways to draw from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._validation import check_axis_exists, positive_number, probability_array, real_array
from .functions import log_softmax, softmax, softmax_jacobian
from .losses import kl_divergence

__all__ = ["Categorical", "gumbel_max_sample", "gumbel_softmax", "top_k_filter", "top_p_filter"]

Seed = int | np.random.Generator | None
Size = int | tuple[int, ...] | None


class Categorical:
    r"""One of K outcomes, with :math:`P(k) = \sigma(z)_k`; or a whole array of such distributions.

    Parameters
    ----------
    logits : array_like, shape (..., K), optional
        Scores z. ``-inf`` excludes an outcome.
    probabilities : array_like, shape (..., K), optional
        Probabilities; give either these or `logits`.

    Attributes
    ----------
    log_probabilities : ndarray, shape (..., K)
        Normalized log-probabilities, in the floating dtype of the argument (integers become float64).
    probabilities : ndarray, shape (..., K)
    num_classes : int

    Raises
    ------
    TypeError
        If both or none of `logits` and `probabilities` are given, or they are not real.
    ValueError
        If there is no outcome, logits hold NaN, ``+inf`` or nothing but ``-inf``, or probabilities do not sum to 1.

    References
    ----------
    Murphy (2022), "Probabilistic Machine Learning: An Introduction", Section 2.5.

    Examples
    --------
    >>> coin = Categorical(probabilities=[0.25, 0.75])
    >>> coin.sample(8, rng=0)
    array([1, 1, 0, 0, 1, 1, 1, 1])
    >>> float(coin.entropy().round(4)), int(coin.mode)
    (0.5623, 1)
    """

    def __init__(self, logits: ArrayLike | None = None, *, probabilities: ArrayLike | None = None) -> None:
        if (logits is None) == (probabilities is None):
            raise TypeError("give either logits or probabilities, and not both")
        if logits is None:
            check_axis_exists(np.asarray(probabilities), "probabilities")
            p = probability_array(probabilities, "probabilities")
            with np.errstate(divide="ignore"):
                logits = np.log(p)
        self.log_probabilities = log_softmax(_checked_logits(logits))
        self.probabilities = softmax(self.log_probabilities)
        self.num_classes = self.log_probabilities.shape[-1]

    def __repr__(self) -> str:
        return f"Categorical({self.num_classes} outcomes, batch shape {self.log_probabilities.shape[:-1]})"

    @property
    def mean(self) -> np.ndarray:
        """The expectation of the one-hot outcome, which is the probabilities, shape (..., K)."""
        return self.probabilities

    @property
    def covariance(self) -> np.ndarray:
        """The covariance of the one-hot outcome, diag(p) - p pᵀ (the Jacobian of softmax), shape (..., K, K)."""
        return softmax_jacobian(self.probabilities)

    @property
    def mode(self) -> np.ndarray:
        """The most likely outcome, shape (...); the first where outcomes tie."""
        return self.log_probabilities.argmax(-1)

    def log_prob(self, outcome: ArrayLike) -> np.ndarray:
        """The log-probability of outcomes, whose shape must broadcast with the batch shape."""
        outcome = np.asarray(outcome)
        if outcome.dtype.kind not in "iu":
            raise TypeError(f"outcome must hold integers, got dtype {outcome.dtype}")
        if outcome.size and not (outcome.min() >= 0 and outcome.max() < self.num_classes):
            raise ValueError(
                f"outcome must lie in 0 to {self.num_classes - 1}, got values from {outcome.min()} to {outcome.max()}"
            )
        shape = np.broadcast_shapes(outcome.shape, self.log_probabilities.shape[:-1])
        table = np.broadcast_to(self.log_probabilities, (*shape, self.num_classes))
        index = np.broadcast_to(outcome, shape)[..., None].astype(np.intp)
        return np.take_along_axis(table, index, -1)[..., 0][()]

    def entropy(self) -> np.ndarray:
        """The entropy in nats, shape (...), accurate for confident distributions too."""
        possible = self.probabilities > 0
        log_p = np.where(possible, self.log_probabilities, 0)
        return np.abs((self.probabilities * log_p).sum(-1))[()]

    def kl_divergence(self, other: Categorical) -> np.ndarray:
        """KL(self || other) in nats, shape (...)."""
        if not isinstance(other, Categorical):
            raise TypeError(f"other must be a Categorical, got {type(other).__name__}")
        if other.num_classes != self.num_classes:
            raise ValueError(f"both need the same outcomes, got {self.num_classes} and {other.num_classes}")
        return kl_divergence(self.probabilities, other.probabilities)

    def sample(self, size: Size = None, rng: Seed = None) -> np.ndarray:
        """Draw outcomes by inverting the distribution function, shape ``size + (...)``.

        `rng` is a seed or a ``numpy.random.Generator``. An outcome of probability 0 is never drawn.
        """
        rng = np.random.default_rng(rng)
        batch = self.log_probabilities.shape[:-1]
        rows = self.probabilities.reshape(-1, self.num_classes).astype(np.float64)
        steps = np.cumsum(rows, axis=1)
        steps /= steps[:, -1:]
        uniform = rng.random((*_size_tuple(size), len(rows)))
        draws = np.empty(uniform.shape, np.intp)
        for i, step in enumerate(steps):
            draws[..., i] = np.searchsorted(step, uniform[..., i], side="right")
        return draws.reshape((*_size_tuple(size), *batch))[()]


def gumbel_max_sample(logits: ArrayLike, size: Size = None, rng: Seed = None) -> np.ndarray:
    r"""Draw outcomes as :math:`\arg\max_k (z_k + G_k)` with independent Gumbel noise G.

    The outcome k has the probability :math:`\sigma(z)_k`, and no normalizing constant is computed.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores; ``-inf`` excludes an outcome.
    size : int or tuple of int, optional
        How many draws for every row of logits; by default one.
    rng : int or numpy.random.Generator, optional
        Seed or generator.

    Returns
    -------
    ndarray of int, shape size + (...)

    Raises
    ------
    TypeError
        If the logits are not real.
    ValueError
        If the logits hold NaN, ``+inf`` or a row with nothing but ``-inf``.

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior"; Maddison, Mnih & Teh (2017), "The
    Concrete distribution", ICLR.

    Examples
    --------
    >>> gumbel_max_sample([0.0, 5.0], size=6, rng=0)
    array([1, 1, 1, 1, 1, 1])
    """
    logits = _checked_logits(logits)
    return _with_gumbel_noise(logits, size, rng).argmax(-1)


def gumbel_softmax(
    logits: ArrayLike, temperature: float = 1.0, size: Size = None, rng: Seed = None, *, hard: bool = False
) -> np.ndarray:
    r"""Draw relaxed one-hot vectors, :math:`\sigma((z + G) / T)` with independent Gumbel noise G.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores; ``-inf`` excludes an outcome.
    temperature : float, default 1
        T above 0. Towards 0 the draws become one-hot, with the probabilities of softmax.
    size : int or tuple of int, optional
        How many draws for every row of logits; by default one.
    rng : int or numpy.random.Generator, optional
        Seed or generator.
    hard : bool, default False
        Round the draws to one-hot vectors: the forward value of the straight-through estimator.

    Returns
    -------
    ndarray, shape size + (..., K)
        Rows sum to 1. The floating dtype is that of the logits (float64 for integers).

    Raises
    ------
    TypeError
        If the logits are not real.
    ValueError
        If `temperature` is not above 0, or the logits hold NaN, ``+inf`` or a row with nothing but ``-inf``.

    References
    ----------
    Jang, Gu & Poole (2017), "Categorical reparameterization with Gumbel-softmax", ICLR, equation 2 and Section 2.2;
    Maddison, Mnih & Teh (2017).

    Examples
    --------
    >>> gumbel_softmax([0.0, 1.0, 2.0], temperature=0.5, rng=0).round(3)
    array([0.   , 0.002, 0.998])
    >>> gumbel_softmax([0.0, 1.0, 2.0], temperature=0.5, rng=0, hard=True)
    array([0., 0., 1.])
    """
    temperature = positive_number(temperature, "temperature")
    noisy = _with_gumbel_noise(_checked_logits(logits), size, rng)
    if hard:
        return (np.arange(noisy.shape[-1]) == noisy.argmax(-1)[..., None]).astype(noisy.dtype)
    return softmax(noisy / noisy.dtype.type(temperature))


def top_k_filter(logits: ArrayLike, k: int) -> np.ndarray:
    """Exclude all but the `k` largest scores of every row, by ``-inf``.

    Parameters
    ----------
    logits : array_like, shape (..., K)
    k : int
        From 1 to K. Exactly `k` scores stay; among equal ones the first.

    Returns
    -------
    ndarray
        A copy of the logits with ``-inf`` at the rest, in their floating dtype (integers become float64).

    Raises
    ------
    TypeError
        If the logits are not real.
    ValueError
        If `k` is no integer from 1 to K, or the logits hold NaN or ``+inf``.

    References
    ----------
    Fan, Lewis & Dauphin (2018), "Hierarchical neural story generation", ACL.

    Examples
    --------
    >>> top_k_filter([1.0, 3.0, 2.0], k=2)
    array([-inf,   3.,   2.])
    """
    logits = _checked_logits(logits)
    count = logits.shape[-1]
    if not (isinstance(k, int | np.integer) and 1 <= k <= count):
        raise ValueError(f"k must be an integer from 1 to {count}, the number of classes, got {k!r}")
    order = np.argsort(-logits, axis=-1, kind="stable")
    filtered = logits.copy()
    np.put_along_axis(filtered, order[..., k:], -np.inf, axis=-1)
    return filtered


def top_p_filter(logits: ArrayLike, p: float) -> np.ndarray:
    """Keep the fewest most likely outcomes with a total probability of at least `p`; exclude the rest by ``-inf``.

    Parameters
    ----------
    logits : array_like, shape (..., K)
    p : float
        Above 0, at most 1.

    Returns
    -------
    ndarray
        A copy of the logits with ``-inf`` at the rest, in their floating dtype (integers become float64). At least one
        score stays in every row.

    Raises
    ------
    TypeError
        If the logits are not real.
    ValueError
        If `p` is not in (0, 1], or the logits hold NaN or ``+inf``.

    References
    ----------
    Holtzman et al. (2020), "The curious case of neural text degeneration", ICLR, Section 3.1 (nucleus sampling).

    Examples
    --------
    >>> top_p_filter([0.0, 3.0, 2.0], p=0.9)
    array([-inf,   3.,   2.])
    """
    if not (np.ndim(p) == 0 and 0 < p <= 1):
        raise ValueError(f"p must be a probability above 0 and at most 1, got {p!r}")
    logits = _checked_logits(logits)
    order = np.argsort(-logits, axis=-1, kind="stable")
    ranked = np.take_along_axis(softmax(logits.astype(np.promote_types(logits.dtype, np.float64))), order, -1)
    before = np.cumsum(ranked, axis=-1) - ranked
    ranked_logits = np.take_along_axis(logits, order, -1)
    filtered = np.empty_like(logits)
    np.put_along_axis(filtered, order, np.where((before < p) | (p == 1), ranked_logits, -np.inf), axis=-1)
    return filtered


def _checked_logits(logits: ArrayLike) -> np.ndarray:
    logits = real_array(logits, "logits")
    check_axis_exists(logits, "logits")
    if np.isnan(logits).any() or np.isposinf(logits).any():
        raise ValueError("logits must not hold NaN or +inf; only -inf, for an outcome that is excluded, is allowed")
    if np.isneginf(logits).all(-1).any():
        raise ValueError("a row of logits excludes every outcome (all -inf); leave at least one finite")
    return logits


def _with_gumbel_noise(logits: np.ndarray, size: Size, rng: Seed) -> np.ndarray:
    noise = np.random.default_rng(rng).gumbel(size=(*_size_tuple(size), *logits.shape))
    return logits + noise.astype(logits.dtype)


def _size_tuple(size: Size) -> tuple[int, ...]:
    if size is None:
        return ()
    return (size,) if isinstance(size, int | np.integer) else tuple(size)
