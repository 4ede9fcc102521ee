"""Is a probability of 0.9 right nine times out of ten? Measuring calibration, and repairing it with a temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ._validation import check_axis_exists, check_label_range, integer_labels, probability_array, real_array
from .functions import softmax

__all__ = ["ReliabilityCurve", "TemperatureScaler", "expected_calibration_error", "reliability_curve"]

Strategy = Literal["uniform", "quantile"]


@dataclass(frozen=True)
class ReliabilityCurve:
    """What :func:`reliability_curve` returns: one number a bin. Empty bins have NaN for confidence and accuracy.

    Attributes
    ----------
    edges : ndarray, shape (bins + 1,)
        Bin b holds the confidences above ``edges[b]``, up to and including ``edges[b + 1]``.
    counts : ndarray of int, shape (bins,)
        How many samples fell into the bin.
    confidence : ndarray, shape (bins,)
        The mean probability of the predicted class.
    accuracy : ndarray, shape (bins,)
        Which part of the predictions was right.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def expected_calibration_error(self) -> float:
        """The mean gap between accuracy and confidence, weighted by the counts."""
        filled = self.counts > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float(gaps @ self.counts[filled] / self.counts.sum())


def reliability_curve(
    probabilities: ArrayLike, labels: ArrayLike, bins: int = 15, strategy: Strategy = "uniform"
) -> ReliabilityCurve:
    """Group predictions by their confidence, and compare it with their accuracy.

    Parameters
    ----------
    probabilities : array_like, shape (N, K)
        Predicted probabilities.
    labels : array_like of int, shape (N,)
        True classes, from 0 to K−1.
    bins : int, default 15
        The number of bins.
    strategy : {"uniform", "quantile"}, default "uniform"
        Bins of equal width between 0 and 1, or of (nearly) equal counts.

    Returns
    -------
    ReliabilityCurve
        With edges, counts, confidence and accuracy of every bin.

    Raises
    ------
    TypeError
        If the probabilities are not real, or the labels not integers.
    ValueError
        If rows do not sum to 1, shapes do not fit, there is no sample, or `bins` or `strategy` is unknown.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", ICML, Section 2.

    Examples
    --------
    >>> curve = reliability_curve([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]], [0, 1, 1], bins=2)
    >>> curve.counts, curve.confidence.round(3), curve.accuracy.round(3)
    (array([0, 3]), array([  nan, 0.767]), array([  nan, 0.667]))
    """
    check_axis_exists(np.asarray(probabilities), "probabilities")
    probabilities = probability_array(probabilities, "probabilities").astype(np.float64)
    labels = _matching_labels(labels, probabilities, "probabilities")
    if not (isinstance(bins, int | np.integer) and bins >= 1):
        raise ValueError(f"bins must be a positive integer, got {bins!r}")
    confidence = probabilities.max(axis=1)
    edges = _bin_edges(confidence, int(bins), strategy)
    index = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    counts = np.bincount(index, minlength=bins)
    right = probabilities.argmax(axis=1) == labels
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin is the NaN that is wanted
        return ReliabilityCurve(
            edges,
            counts,
            np.bincount(index, confidence, minlength=bins) / counts,
            np.bincount(index, right, minlength=bins) / counts,
        )


def expected_calibration_error(
    probabilities: ArrayLike, labels: ArrayLike, bins: int = 15, strategy: Strategy = "uniform"
) -> float:
    """The mean gap between confidence and accuracy over the bins of :func:`reliability_curve`.

    Parameters
    ----------
    probabilities, labels, bins, strategy
        As in :func:`reliability_curve`.

    Returns
    -------
    float
        From 0 to 1. It depends on the bins, and is biased upwards in small samples.

    Raises
    ------
    TypeError, ValueError
        As in :func:`reliability_curve`.

    References
    ----------
    Guo et al. (2017), equation 3.

    Examples
    --------
    >>> round(expected_calibration_error([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]], [0, 1, 1], bins=2), 4)
    0.1
    """
    return reliability_curve(probabilities, labels, bins, strategy).expected_calibration_error


class TemperatureScaler:
    r"""Divide logits by one temperature T, chosen to minimize the cross-entropy on held-out data.

    The accuracy stays what it was; the confidence changes. The loss is convex in 1/T, and Newton's method in a bracket finds
    its minimum.

    Attributes
    ----------
    temperature_ : float
        T after :meth:`fit`: above 1 for an overconfident model.
    n_iter_ : int
        Steps that the fit took.

    References
    ----------
    Guo et al. (2017), Section 4.2, equation 9.

    Examples
    --------
    >>> logits, labels = [[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0]], [0, 0, 0, 1]
    >>> scaler = TemperatureScaler().fit(logits, labels)
    >>> round(scaler.temperature_, 4)  # the odds should be 3 to 1: T = 4 / log(3)
    3.641
    >>> scaler.predict_proba([[4.0, 0.0]])
    array([[0.75, 0.25]])
    """

    def fit(self, logits: ArrayLike, labels: ArrayLike) -> TemperatureScaler:
        """Choose the temperature for logits (N, K) and integer labels (N,), and return the scaler itself.

        Raises
        ------
        ValueError
            If no finite temperature is best: when every sample is classified rightly (T would tend to 0), or when the
            logits are of no use at all (T would tend to infinity).
        """
        logits = _finite_logits(logits)
        labels = _matching_labels(labels, logits, "logits")
        centered = logits - logits.max(axis=1, keepdims=True)
        unit = float(np.abs(centered).mean())  # makes the search independent of the scale of the logits
        if unit == 0:
            raise ValueError("every row of logits is constant, so every temperature gives the same probabilities")
        if (centered[np.arange(len(labels)), labels] == 0).all():
            raise ValueError(
                "every sample is classified rightly, so the loss falls for ever as the temperature tends to 0; "
                "fit on held-out data that holds some mistakes"
            )
        inverse, self.n_iter_ = self._minimize(centered / unit, labels)
        self.temperature_ = unit / inverse
        return self

    def transform(self, logits: ArrayLike) -> np.ndarray:
        """The logits divided by the temperature, in their shape (..., K) and floating dtype."""
        logits = real_array(logits, "logits")
        return logits / np.asarray(self._fitted_temperature(), logits.dtype)

    def predict_proba(self, logits: ArrayLike) -> np.ndarray:
        """The calibrated probabilities of logits (..., K)."""
        return softmax(self.transform(logits))

    def _fitted_temperature(self) -> float:
        if not hasattr(self, "temperature_"):
            raise ValueError("this TemperatureScaler has no temperature yet; call fit(logits, labels) first")
        return self.temperature_

    def _minimize(self, logits: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
        """The root of the slope in the inverse temperature: Newton's method, kept inside a shrinking bracket."""
        if _slope_and_curvature(logits, labels, 0.0)[0] >= 0:
            raise ValueError(
                "the logits are no better than a constant guess on these labels, so the best temperature is infinite; "
                "check that logits and labels belong together"
            )
        low, high, inverse, steps = 0.0, np.inf, 1.0, 0
        while True:
            slope, curvature = _slope_and_curvature(logits, labels, inverse)
            low, high = (inverse, high) if slope < 0 else (low, inverse)
            newton = inverse - slope / curvature if curvature > 0 else np.inf
            fallback = 4 * inverse if high == np.inf else (low + high) / 2
            following = newton if low < newton < min(high, 4 * inverse) else fallback
            steps += 1
            if abs(following - inverse) <= 1e-12 * inverse:
                return inverse, steps
            inverse = following


def _slope_and_curvature(logits: np.ndarray, labels: np.ndarray, inverse: float) -> tuple[float, float]:
    """First and second derivative of the mean cross-entropy of `inverse * logits` with respect to `inverse`."""
    p = softmax(inverse * logits)
    mean = (p * logits).sum(axis=1)
    target = logits[np.arange(len(labels)), labels]
    variance = (p * (logits - mean[:, None]) ** 2).sum(axis=1)
    return float((mean - target).mean()), float(variance.mean())


def _finite_logits(logits: ArrayLike) -> np.ndarray:
    logits = real_array(logits, "logits").astype(np.float64)
    check_axis_exists(logits, "logits")
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite, but hold NaN or infinity")
    return logits


def _matching_labels(labels: ArrayLike, rows: np.ndarray, name: str) -> np.ndarray:
    labels = integer_labels(labels, "labels")
    if rows.ndim != 2 or labels.shape != rows.shape[:1]:
        raise ValueError(f"{name} must have shape (N, K) and labels shape (N,), got {rows.shape} and {labels.shape}")
    if len(labels) == 0:
        raise ValueError(f"there is no sample: {name} has 0 rows")
    check_label_range(labels, rows.shape[1], "labels")
    return labels


def _bin_edges(confidence: np.ndarray, bins: int, strategy: str) -> np.ndarray:
    if strategy == "uniform":
        return np.linspace(0, 1, bins + 1)
    if strategy == "quantile":
        return np.quantile(confidence, np.linspace(0, 1, bins + 1))
    raise ValueError(f'strategy must be "uniform" or "quantile", got {strategy!r}')
