"""A softmax classifier with weights that you give it: the model without the learning."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._validation import real_array
from .functions import log_softmax, softmax

__all__ = ["SoftmaxClassifier"]


class SoftmaxClassifier:
    r"""Affine scores and softmax: :math:`p(x) = \sigma(x W + b)`.

    Parameters
    ----------
    weights : array_like, shape (D, K)
        One column of D weights for every class: the class's template.
    bias : array_like, shape (K,), optional
        The score of every class at x = 0; by default 0.
    classes : array_like, shape (K,), optional
        The names of the classes, in the order of the columns, all different; by default 0 to K−1.

    Attributes
    ----------
    weights : ndarray, shape (D, K)
        A copy of the argument. Floating dtypes are kept; integers become float64.
    bias : ndarray, shape (K,)
        A copy of the argument, likewise, or zeros.
    classes : ndarray, shape (K,)
        The names of the classes, as given or 0 to K−1.

    Raises
    ------
    TypeError
        If weights or bias are not real.
    ValueError
        If a shape does not fit, a number is not finite, or a class is named twice.

    References
    ----------
    Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs", NATO ASI Series F68:227-236.

    Examples
    --------
    >>> model = SoftmaxClassifier([[1.0, -1.0, 0.0]], bias=[0.0, 0.0, 0.5], classes=["right", "left", "middle"])
    >>> model.predict([[2.0], [-2.0], [0.1]])
    array(['right', 'left', 'middle'], dtype='<U6')
    >>> model.predict_proba([[2.0]]).round(3)
    array([[0.806, 0.015, 0.18 ]])
    """

    def __init__(self, weights: ArrayLike, bias: ArrayLike | None = None, classes: ArrayLike | None = None) -> None:
        self.weights = _finite(weights, "weights").copy()
        if self.weights.ndim != 2 or self.weights.shape[1] == 0:
            raise ValueError(f"weights must have shape (features, classes), got shape {self.weights.shape}")
        count = self.weights.shape[1]
        self.bias = np.zeros(count, self.weights.dtype) if bias is None else _finite(bias, "bias").copy()
        if self.bias.shape != (count,):
            raise ValueError(
                f"bias must have shape ({count},), one number for each column of weights, got {self.bias.shape}"
            )
        self.classes = np.arange(count) if classes is None else np.array(classes)
        if self.classes.shape != (count,):
            raise ValueError(
                f"classes must name the {count} columns of weights in order, got an array of shape {self.classes.shape}"
            )
        if len(set(self.classes.tolist())) < count:
            raise ValueError(f"classes must all be different, got {self.classes.tolist()}")

    def __repr__(self) -> str:
        features, classes = self.weights.shape
        return f"SoftmaxClassifier({features} features, {classes} classes)"

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """The logits X W + b, shape (N, K), of the samples X, shape (N, D)."""
        X = real_array(X, "X")
        features = self.weights.shape[0]
        if X.ndim != 2:
            raise ValueError(
                f"X must have shape (samples, {features}), got shape {X.shape}; "
                f"reshape one sample with X.reshape(1, -1), images with X.reshape(len(X), -1)"
            )
        if X.shape[1] != features:
            raise ValueError(f"X has {X.shape[1]} features a sample, but weights has {features} rows")
        if not np.isfinite(X).all():
            row = int(np.flatnonzero(~np.isfinite(X).all(axis=1))[0])
            raise ValueError(f"X must be finite, but row {row} holds NaN or infinity; fill in or drop what is missing")
        return X @ self.weights + self.bias

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """The probabilities of the classes, shape (N, K); every row sums to 1."""
        return softmax(self.decision_function(X))

    def predict_log_proba(self, X: ArrayLike) -> np.ndarray:
        """The logarithms of the probabilities, shape (N, K), without a detour through probabilities."""
        return log_softmax(self.decision_function(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most likely class of every sample, shape (N,); the first one where classes tie."""
        return self.classes[self.decision_function(X).argmax(axis=1)]

    def predict_top_k(self, X: ArrayLike, k: int) -> np.ndarray:
        """The `k` most likely classes of every sample, best first, shape (N, k); earlier columns first where they tie."""
        count = len(self.classes)
        if not (isinstance(k, int | np.integer) and 1 <= k <= count):
            raise ValueError(f"k must be an integer from 1 to {count}, the number of classes, got {k!r}")
        order = np.argsort(-self.decision_function(X), axis=1, kind="stable")
        return self.classes[order[:, :k]]

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The accuracy: which part of the samples X gets its class in `y`, shape (N,)."""
        predictions, y = self.predict(X), np.asarray(y)
        if y.shape != predictions.shape:
            raise ValueError(f"y must hold one class for each of the {len(predictions)} rows of X, got shape {y.shape}")
        if len(y) == 0:
            raise ValueError("there is no sample to score: X has 0 rows")
        unknown = np.setdiff1d(y, self.classes)
        if unknown.size:
            raise ValueError(
                f"y holds {unknown.tolist()[:5]}, which are none of the classes {self.classes.tolist()[:20]}"
            )
        return float(np.mean(predictions == y))


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    array = real_array(values, name)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but holds NaN or infinity")
    return array
