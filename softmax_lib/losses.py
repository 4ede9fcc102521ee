"""Cross-entropy and its relatives, computed from logits, and scores computed from probabilities. All in nats."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from . import _loss_kernels
from ._validation import check_axis_exists, check_label_range, integer_labels, probability_array, real_array
from .functions import log_softmax

__all__ = [
    "brier_score",
    "cross_entropy",
    "cross_entropy_gradient",
    "cross_entropy_with_gradient",
    "entropy",
    "kl_divergence",
    "one_hot",
]

Reduction = Literal["mean", "sum", "none"]


def one_hot(y: ArrayLike, num_classes: int | None = None, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Turn integer labels into indicator rows: a 1 at the label, 0 elsewhere.

    Parameters
    ----------
    y : array_like of int, shape (...)
        Labels from 0 to ``num_classes - 1``.
    num_classes : int, optional
        The number K of classes; by default the largest label plus 1.
    dtype : dtype, default float64
        The dtype of the result.

    Returns
    -------
    ndarray, shape (..., K)

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If a label lies outside 0 to K−1, or K cannot be told from an empty `y`.

    References
    ----------
    The notation Y of the book; see the appendix on notation.

    Examples
    --------
    >>> one_hot([2, 0], dtype=int)
    array([[0, 0, 1],
           [1, 0, 0]])
    """
    y = integer_labels(y, "y")
    if num_classes is None:
        if y.size == 0:
            raise ValueError("y is empty, so the number of classes is unknown; pass num_classes")
        num_classes = int(y.max()) + 1
    check_label_range(y, num_classes, "y")
    return (y[..., None] == np.arange(num_classes)).astype(dtype)


def cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
    class_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float | np.ndarray:
    r"""Cross-entropy of softmax, from logits: :math:`-\sum_k t_k \log\sigma(z)_k`, the loss that trains classifiers.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores, *before* softmax. The classes are the last axis. Computed in float64 whatever the dtype.
    targets : array_like of int, shape (...), or array_like, shape (..., K)
        Labels from 0 to K−1, or distributions over the classes (one-hot or soft).
    reduction : {"mean", "sum", "none"}, default "mean"
        What to do with the losses of the samples. The mean is the *weighted* mean, where there are weights.
    label_smoothing : float in [0, 1), default 0
        Mix the targets with the uniform distribution: ``(1 - s) * target + s / K``.
    class_weight : array_like, shape (K,), optional
        A weight for every class, 0 or more. A sample has the weight of its class (for soft targets the expected weight).
    sample_weight : array_like, shape (...), optional
        A weight for every sample, 0 or more, multiplied by that of its class. Weight 0 removes a sample.

    Returns
    -------
    float, or ndarray of shape (...) for ``reduction="none"``
        In nats, 0 or more; ``+inf`` where the target has probability 0. The array has the dtype of the logits.

    Raises
    ------
    TypeError
        If the logits are not real, or labels are not integers.
    ValueError
        If shapes do not fit, labels are out of range, soft targets are not distributions, weights are negative or sum to
        0, or an option is unknown.

    References
    ----------
    Bridle (1990), NIPS 2:211-217, for the loss; Szegedy et al. (2016), "Rethinking the Inception architecture for computer
    vision", Section 7, for label smoothing.

    Examples
    --------
    >>> round(cross_entropy([[2.1, 0.3, -1.0]], [0]), 4)
    0.1909
    >>> f"{cross_entropy([0.0, 40.0], 1):.6g}"  # -log(softmax(...)) would say 0
    '4.24835e-18'
    """
    problem = _Problem.of(logits, targets, label_smoothing, class_weight, sample_weight)
    _check_reduction(reduction, ("mean", "sum", "none"))
    return problem.reduced(problem.losses(), reduction)


def cross_entropy_gradient(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Literal["mean", "sum"] = "mean",
    label_smoothing: float = 0.0,
    class_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> np.ndarray:
    r"""The gradient of :func:`cross_entropy` with respect to the logits: :math:`w\,(p - t)`.

    Parameters
    ----------
    logits, targets, label_smoothing, class_weight, sample_weight
        As in :func:`cross_entropy`.
    reduction : {"mean", "sum"}, default "mean"
        Of which reduced loss. For "sum", without weights, every row is just p - t.

    Returns
    -------
    ndarray
        Of the shape and dtype of the logits (float64 for integers). Rows sum to 0. The entry p - 1 at a label keeps its
        digits however close to 1 the probability is.

    Raises
    ------
    TypeError, ValueError
        As in :func:`cross_entropy`.

    References
    ----------
    Bridle (1990), NIPS 2:211-217.

    Examples
    --------
    >>> cross_entropy_gradient([[0.0, 40.0]], [1])
    array([[ 4.24835426e-18, -4.24835426e-18]])
    """
    problem = _Problem.of(logits, targets, label_smoothing, class_weight, sample_weight)
    _check_reduction(reduction, ("mean", "sum"))
    return problem.gradient(reduction)


def cross_entropy_with_gradient(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Literal["mean", "sum"] = "mean",
    label_smoothing: float = 0.0,
    class_weight: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> tuple[float, np.ndarray]:
    """The loss of :func:`cross_entropy` and its gradient with respect to the logits, from one pass over the exponentials.

    Parameters
    ----------
    logits, targets, reduction, label_smoothing, class_weight, sample_weight
        As in :func:`cross_entropy_gradient`.

    Returns
    -------
    loss : float
    gradient : ndarray
        The same numbers as from the two functions.

    Raises
    ------
    TypeError, ValueError
        As in :func:`cross_entropy`.

    References
    ----------
    Bridle (1990), NIPS 2:211-217.

    Examples
    --------
    >>> loss, gradient = cross_entropy_with_gradient([[0.0, 0.0]], [1])
    >>> round(loss, 6), gradient
    (0.693147, array([[ 0.5, -0.5]]))
    """
    problem = _Problem.of(logits, targets, label_smoothing, class_weight, sample_weight)
    _check_reduction(reduction, ("mean", "sum"))
    losses, gradient = problem.losses_and_gradient(reduction)
    return problem.reduced(losses, reduction), gradient


def brier_score(probabilities: ArrayLike, targets: ArrayLike) -> float:
    r"""The mean squared distance between probabilities and truth, :math:`\frac1N\sum_i\sum_k (p_{ik} - y_{ik})^2`.

    Parameters
    ----------
    probabilities : array_like, shape (..., K)
        Distributions over the classes, *after* softmax.
    targets : array_like of int, shape (...), or array_like, shape (..., K)
        Labels from 0 to K−1, or distributions over the classes.

    Returns
    -------
    float
        From 0 (certain and right) to 2 (certain and wrong), computed in float64. With two classes this is twice the score
        that some texts give.

    Raises
    ------
    TypeError
        If the probabilities are not real or the labels not integers.
    ValueError
        If the probabilities are no distributions, or the shapes do not fit.

    References
    ----------
    Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78:1-3.

    Examples
    --------
    >>> round(brier_score([[0.8, 0.2], [0.4, 0.6]], [0, 0]), 6)
    0.4
    """
    check_axis_exists(np.asarray(probabilities), "probabilities")
    probabilities = probability_array(probabilities, "probabilities").astype(np.float64)
    labels, soft = _checked_targets(targets, probabilities.shape, "probabilities")
    truth = one_hot(labels, probabilities.shape[-1]) if soft is None else soft
    _check_samples(truth.shape)
    return float(((probabilities - truth) ** 2).sum(-1).mean())


def entropy(p: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""Entropy in nats, :math:`H(p) = -\sum_k p_k \log p_k`, with 0 log 0 = 0.

    Parameters
    ----------
    p : array_like
        Distributions along `axis`. Floating dtypes are kept; integers become float64.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        From 0 (certain) to log K (uniform), of the shape of `p` without `axis`.

    Raises
    ------
    TypeError
        If `p` is not real.
    ValueError
        If an entry is negative or NaN, or a slice does not sum to 1.

    References
    ----------
    Shannon (1948), "A mathematical theory of communication", Bell System Technical Journal 27:379-423, Section 6.

    Examples
    --------
    >>> entropy([[1.0, 0.0], [0.5, 0.5]]).round(4)
    array([0.    , 0.6931])
    """
    p = probability_array(p, "p", axis)
    wide = p.astype(np.promote_types(p.dtype, np.float64))
    terms = wide * np.log(wide, out=np.zeros_like(wide), where=wide > 0)
    return _in_dtype(np.abs(terms.sum(axis)), p.dtype)  # abs: the sum is at most 0, and minus 0 is no entropy


def kl_divergence(p: ArrayLike, q: ArrayLike, axis: int = -1) -> np.ndarray:
    r"""Kullback-Leibler divergence in nats, :math:`\mathrm{KL}(p\,\|\,q) = \sum_k p_k \log(p_k / q_k)`.

    Parameters
    ----------
    p, q : array_like
        Distributions along `axis`, of shapes that broadcast.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray or scalar
        0 or more, ``+inf`` where `q` excludes what `p` allows. Computed so that close distributions keep their digits.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If an argument is no distribution, or the shapes do not broadcast.

    References
    ----------
    Kullback & Leibler (1951), "On information and sufficiency", Annals of Mathematical Statistics 22:79-86.

    Examples
    --------
    >>> float(kl_divergence([0.5, 0.5], [0.25, 0.75]).round(6))
    0.143841
    """
    p, q = probability_array(p, "p", axis), probability_array(q, "q", axis)
    dtype = np.promote_types(p.dtype, q.dtype)
    wide = np.promote_types(dtype, np.float64)
    p, q = np.broadcast_arrays(p.astype(wide), q.astype(wide))
    # Both sum to 1, so q - p may be added to every term: the terms become 0 or more, and nothing cancels between them.
    difference = q - p
    close = np.abs(difference) < p / 2
    with np.errstate(all="ignore"):
        near = difference - p * np.log1p(difference / p)
        apart = difference - p * (np.log(q) - np.log(p))
    terms = np.where(close, near, np.where(p > 0, apart, q))
    return _in_dtype(np.maximum(terms.sum(axis), 0), dtype)


def _in_dtype(value: np.ndarray, dtype: np.dtype) -> np.ndarray:
    return np.asarray(value).astype(dtype)[()]


# --- what the three cross-entropy functions share ---------------------------------------------------------------------


class _Problem(NamedTuple):
    """Checked arguments: logits (N, K) with either labels (N,) or soft targets (N, K), and weights (N,) or None."""

    logits: np.ndarray
    labels: np.ndarray | None
    soft: np.ndarray | None
    weights: np.ndarray | None
    shape: tuple[int, ...]

    @classmethod
    def of(cls, logits, targets, label_smoothing, class_weight, sample_weight) -> _Problem:
        logits = real_array(logits, "logits")
        check_axis_exists(logits, "logits")
        labels, soft = _checked_targets(targets, logits.shape, "logits")
        weights = _sample_weights(labels, soft, class_weight, sample_weight, logits.shape)
        classes = logits.shape[-1]
        if not 0 <= label_smoothing < 1:
            raise ValueError(f"label_smoothing must lie in [0, 1), got {label_smoothing!r}")
        if label_smoothing:
            soft = one_hot(labels, classes) if soft is None else soft
            labels, soft = None, (1 - label_smoothing) * soft + label_smoothing / classes
        return cls(
            logits.reshape(-1, classes),
            None if labels is None else labels.reshape(-1),
            None if soft is None else soft.reshape(-1, classes),
            None if weights is None else weights.reshape(-1),
            logits.shape,
        )

    def losses(self) -> np.ndarray:
        """The losses of the samples, without weights, in at least float64."""
        if self.labels is None:
            return self._soft_losses()
        losses = self._empty_losses()
        with np.errstate(all="ignore"):
            _loss_kernels.label_rows(self.logits, self.labels, losses=losses)
        return losses

    def gradient(self, reduction: str) -> np.ndarray:
        gradient = np.empty_like(self.logits, order="C")
        with np.errstate(all="ignore"):
            if self.labels is None:
                _loss_kernels.soft_gradient_rows(self.logits, self.soft, gradient, self._row_factors(reduction))
            else:
                _loss_kernels.label_rows(
                    self.logits, self.labels, gradient=gradient, weights=self._row_factors(reduction)
                )
        return gradient.reshape(self.shape)

    def losses_and_gradient(self, reduction: str) -> tuple[np.ndarray, np.ndarray]:
        if self.labels is None:
            return self._soft_losses(), self.gradient(reduction)
        losses, gradient = self._empty_losses(), np.empty_like(self.logits, order="C")
        with np.errstate(all="ignore"):
            _loss_kernels.label_rows(self.logits, self.labels, losses, gradient, self._row_factors(reduction))
        return losses, gradient.reshape(self.shape)

    def reduced(self, losses: np.ndarray, reduction: str) -> float | np.ndarray:
        if self.weights is not None:
            # Weight 0 removes a sample, even one whose loss is infinite.
            losses = np.multiply(losses, self.weights, out=np.zeros_like(losses), where=self.weights > 0)
        if reduction == "none":
            return losses.astype(self.logits.dtype).reshape(self.shape[:-1])[()]
        return float(losses.sum() / (self._total_weight() if reduction == "mean" else 1))

    def _empty_losses(self) -> np.ndarray:
        return np.empty(len(self.logits), np.promote_types(self.logits.dtype, np.float64))

    def _soft_losses(self) -> np.ndarray:
        log_p = log_softmax(self.logits.astype(self._empty_losses().dtype))
        terms = np.multiply(self.soft, log_p, out=np.zeros_like(log_p), where=self.soft > 0)
        return np.abs(terms.sum(-1))  # abs: the sum is at most 0, and minus 0 is no loss

    def _row_factors(self, reduction: str) -> np.ndarray | float:
        weights = 1.0 if self.weights is None else self.weights
        return weights / self._total_weight() if reduction == "mean" else weights

    def _total_weight(self) -> float:
        _check_samples(self.shape)
        total = len(self.logits) if self.weights is None else float(self.weights.sum())
        if total == 0:
            raise ValueError('all weights are 0, so their mean is undefined; pass a positive weight or reduction="sum"')
        return total


def _check_reduction(reduction: str, known: tuple[str, ...]) -> None:
    if reduction not in known:
        raise ValueError(f"reduction must be one of {', '.join(map(repr, known))}, got {reduction!r}")


def _check_samples(shape: tuple[int, ...]) -> None:
    if 0 in shape:
        raise ValueError(f"there is no sample to average over: the shape is {shape}")


def _checked_targets(
    targets: ArrayLike, shape: tuple[int, ...], name: str
) -> tuple[np.ndarray, None] | tuple[None, np.ndarray]:
    """Targets as (labels, None), where every row is one-hot, or else as (None, float64 distributions)."""
    given = np.shape(targets)
    if given == shape:
        soft = probability_array(targets, "targets").astype(np.float64)
        if ((soft == 0) | (soft == 1)).all():
            return soft.argmax(-1), None
        return None, soft
    if given == shape[:-1]:
        labels = integer_labels(targets, "targets")
        check_label_range(labels, shape[-1], "targets")
        return labels, None
    raise ValueError(
        f"targets of shape {given} do not fit {name} of shape {shape}; "
        f"pass labels of shape {shape[:-1]} or distributions of shape {shape}"
    )


def _sample_weights(
    labels: np.ndarray | None,
    soft: np.ndarray | None,
    class_weight: ArrayLike | None,
    sample_weight: ArrayLike | None,
    shape: tuple[int, ...],
) -> np.ndarray | None:
    """The weight of every sample, that of its class included."""
    weights = None
    if class_weight is not None:
        of_class = _checked_weights(class_weight, shape[-1:], "class_weight")
        weights = of_class[labels] if soft is None else soft @ of_class
    if sample_weight is not None:
        of_sample = _checked_weights(sample_weight, shape[:-1], "sample_weight")
        weights = of_sample if weights is None else weights * of_sample
    return weights


def _checked_weights(weights: ArrayLike, shape: tuple[int, ...], name: str) -> np.ndarray:
    weights = real_array(weights, name).astype(np.float64)
    if weights.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {weights.shape}")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError(f"{name} must be finite and not negative, got values from {weights.min()} to {weights.max()}")
    return weights
