"""The small library of *Softmax in depth*: softmax, its losses, its relatives, and the models built on it.

``import softmax_lib as sl`` needs NumPy only. Data sets, figures, Keras models and interactive figures live in modules that
are imported where they are used: ``from softmax_lib import datasets, plotting``.
"""

from .alternatives import entmax, entmax15, sparsemax
from .calibration import ReliabilityCurve, TemperatureScaler, expected_calibration_error, reliability_curve
from .classifier import SoftmaxClassifier
from .distributions import Categorical, gumbel_max_sample, gumbel_softmax, top_k_filter, top_p_filter
from .functions import (
    OnlineLogSumExp,
    log_softmax,
    logsumexp,
    online_logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
)
from .losses import (
    brier_score,
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_with_gradient,
    entropy,
    kl_divergence,
    one_hot,
)

__version__ = "0.1.0"


def __getattr__(name: str):
    """SoftmaxRegression imports scikit-learn, which takes seconds: only when it is asked for."""
    if name == "SoftmaxRegression":
        from .regression import SoftmaxRegression

        return SoftmaxRegression
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Categorical",
    "OnlineLogSumExp",
    "ReliabilityCurve",
    "SoftmaxClassifier",
    "SoftmaxRegression",
    "TemperatureScaler",
    "brier_score",
    "cross_entropy",
    "cross_entropy_gradient",
    "cross_entropy_with_gradient",
    "entmax",
    "entmax15",
    "entropy",
    "expected_calibration_error",
    "gumbel_max_sample",
    "gumbel_softmax",
    "kl_divergence",
    "log_softmax",
    "logsumexp",
    "one_hot",
    "online_logsumexp",
    "reliability_curve",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_vjp",
    "sparsemax",
    "top_k_filter",
    "top_p_filter",
]
