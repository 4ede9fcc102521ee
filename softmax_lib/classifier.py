"""A softmax classifier with weights that you give it."""

from __future__ import annotations

import numpy as np

from .functions import log_softmax, softmax

__all__ = ["SoftmaxClassifier"]


class SoftmaxClassifier:
    """Affine scores X @ weights + bias, then softmax."""

    def __init__(self, weights, bias=None, classes=None):
        self.weights = np.asarray(weights)
        count = self.weights.shape[1]
        self.bias = np.zeros(count) if bias is None else np.asarray(bias)
        self.classes = np.arange(count) if classes is None else np.asarray(classes)

    def decision_function(self, X):
        return np.asarray(X) @ self.weights + self.bias

    def predict_proba(self, X):
        return softmax(self.decision_function(X))

    def predict_log_proba(self, X):
        return log_softmax(self.decision_function(X))

    def predict(self, X):
        return self.classes[self.decision_function(X).argmax(-1)]

    def predict_top_k(self, X, k):
        order = np.argsort(-self.decision_function(X), axis=-1, kind="stable")
        return self.classes[order[:, :k]]

    def score(self, X, y):
        return float(np.mean(self.predict(X) == np.asarray(y)))
