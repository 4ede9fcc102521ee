"""Cross-entropy and its relatives, computed from logits."""

from __future__ import annotations

import numpy as np

from .functions import _as_real, log_softmax, softmax

__all__ = ["one_hot", "cross_entropy", "cross_entropy_gradient", "cross_entropy_with_gradient",
           "brier_score", "entropy", "kl_divergence"]


def one_hot(y, num_classes=None, dtype=np.float64):
    """Integer labels (...,) to indicator rows (..., K)."""
    y = np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError(f"y must hold integer labels, got dtype {y.dtype}")
    if num_classes is None:
        num_classes = int(y.max()) + 1 if y.size else 0
    if y.size and (y.min() < 0 or y.max() >= num_classes):
        raise ValueError(f"labels must lie in 0..{num_classes - 1}, got {y.min()}..{y.max()}")
    return (y[..., None] == np.arange(num_classes)).astype(dtype)


def _dense_targets(targets, logits, label_smoothing):
    targets, classes = np.asarray(targets), logits.shape[-1]
    dense = one_hot(targets, classes) if targets.ndim < logits.ndim else targets.astype(np.float64)
    if dense.shape != logits.shape:
        raise ValueError(f"targets of shape {targets.shape} do not fit logits of shape {logits.shape}")
    return dense, (1 - label_smoothing) * dense + label_smoothing / classes


def _weights(dense, class_weight, sample_weight):
    weights = np.ones(dense.shape[:-1])
    if class_weight is not None:
        weights = weights * (dense @ np.asarray(class_weight, np.float64))
    if sample_weight is not None:
        weights = weights * sample_weight
    return weights


def cross_entropy(logits, targets, *, reduction="mean", label_smoothing=0.0, class_weight=None, sample_weight=None):
    """-sum(targets * log_softmax(logits)), reduced over rows."""
    logits = _as_real(logits, "logits")
    dense, smooth = _dense_targets(targets, logits, label_smoothing)
    weights = _weights(dense, class_weight, sample_weight)
    terms = np.where(smooth == 0, 0, smooth * np.where(smooth == 0, 0, log_softmax(logits)))
    losses = -terms.sum(-1) * weights
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean":
        return losses.sum() / weights.sum()
    raise ValueError(f'reduction must be "mean", "sum" or "none", got {reduction!r}')


def cross_entropy_gradient(logits, targets, *, reduction="mean", label_smoothing=0.0, class_weight=None,
                           sample_weight=None):
    """weights * (softmax(logits) - targets)."""
    logits = _as_real(logits, "logits")
    dense, smooth = _dense_targets(targets, logits, label_smoothing)
    weights = _weights(dense, class_weight, sample_weight)
    gradient = weights[..., None] * (softmax(logits) - smooth)
    if reduction == "sum":
        return gradient
    if reduction == "mean":
        return gradient / weights.sum()
    raise ValueError(f'reduction must be "mean" or "sum", got {reduction!r}')


def cross_entropy_with_gradient(logits, targets, **options):
    """The loss and its gradient with respect to the logits."""
    return cross_entropy(logits, targets, **options), cross_entropy_gradient(logits, targets, **options)


def brier_score(probabilities, targets):
    """Mean squared distance between probabilities and one-hot targets."""
    probabilities = _as_real(probabilities, "probabilities")
    dense, _ = _dense_targets(targets, probabilities, 0.0)
    return float(((probabilities - dense) ** 2).sum(-1).mean())


def entropy(p, axis=-1):
    """-sum(p log p) in nats."""
    p = _as_real(p, "p")
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis)


def kl_divergence(p, q, axis=-1):
    """sum(p log(p / q)) in nats."""
    p, q = _as_real(p, "p"), _as_real(q, "q")
    with np.errstate(divide="ignore"):
        terms = np.where(p > 0, p * (np.log(np.where(p > 0, p, 1)) - np.log(q)), 0)
    return terms.sum(axis)
