"""Softmax regression: a linear classifier fitted by penalized maximum likelihood, with scikit-learn's contract.

The fit minimizes the objective of scikit-learn's ``LogisticRegression``, here divided by C times the sum of the weights,

    J(W, b) = (sum_i s_i (lse(z_i) - z_{i, y_i}) + ||W||^2 / (2 C)) / sum_i s_i,        z_i = W x_i + b.

What makes it fast is not the solver but the coordinates in which the solver works. At W = 0 every class has the curvature
M = (h Xc' S Xc + I / C) / sum(s), where Xc are the centered features and h = (K - 1) / K^2 = p (1 - p) at p = 1/K. One
Cholesky factorization M = L L' and the change of variables W = V L^-1 make that curvature the identity: correlated or
badly scaled features cost no iterations, and the minimum is where it was. (Böhning 1992 uses the same kind of matrix as
an upper bound.) In these coordinates half the squared gradient estimates how far J is above its minimum, which gives the
stopping rule a meaning.
"""

from __future__ import annotations

import numbers
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from threadpoolctl import ThreadpoolController

from .functions import log_softmax, softmax

__all__ = ["SoftmaxRegression"]

DENSE_METRIC_LIMIT = 2048  # features; beyond it D x D matrices cost more than the iterations they save
METRIC_SAMPLES = 8192  # enough rows to estimate a curvature that only has to be roughly right
BLOCK_BYTES = 1 << 21  # of X: a block that is still in the cache when the gradient reads it for the second time
FLOAT32_TOL = 1e-5  # below this gradient norm float32 sums are mostly rounding error
ONE_THREAD_LIMIT = 4_000_000  # multiplications; a smaller product is over before a second thread has started
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LANES = 8  # classes that a matrix product handles at once
MEMORY = 20  # pairs of steps and gradient changes that L-BFGS keeps


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression, a drop-in relative of scikit-learn's ``LogisticRegression``.

    Every class has its own row of coefficients, also when there are only two classes.

    Parameters
    ----------
    C : float, default 1.0
        Inverse strength of the penalty ``||W||^2 / 2``; ``np.inf`` for none. Intercepts are not penalized.
    fit_intercept : bool, default True
        Learn a constant for every class.
    class_weight : dict or "balanced", optional
        Factor for the samples of each class; "balanced" gives every class the same total weight.
    solver : {"lbfgs", "newton-cg", "gradient-descent"}, default "lbfgs"
        L-BFGS; Newton's method whose linear systems are solved by conjugate gradients; gradient descent with the step
        size of Böhning's bound. All three work in the whitened coordinates and find the same minimum.
    tol : float, default 1e-4
        The fit stops when the norm of the whitened gradient is at most `tol`. The objective is then about ``tol**2 / 2``
        above its minimum, or ``1 / u`` times as much where the model is so sure that its curvature has shrunk by u.
    max_iter : int, default 1000
        Most iterations of the solver.
    warm_start : bool, default False
        Start from the coefficients of the previous fit, if their shape and classes are the same.
    inference : bool, default False
        Compute `covariance_` after the fit, hence `standard_errors_`: a matrix of (K (D + 1))^2 numbers.
    callback : callable, optional
        Called as ``callback(iteration, loss, gradient_norm)`` after every iteration; stops the fit by returning True.
    verbose : int, default 0
        1 draws a progress bar on the standard output.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels, sorted.
    coef_ : ndarray of shape (K, D), in the dtype of X
        One row of weights a class (the W of the book, transposed). The rows sum to zero.
    intercept_ : ndarray of shape (K,)
        One constant a class.
    n_iter_ : int
        Iterations of the solver.
    loss_curve_ : ndarray of shape (``n_iter_`` + 1,)
        The objective J at the start and after each iteration.
    covariance_ : ndarray of shape (K (D + 1), K (D + 1))
        With ``inference=True``: the estimated covariance of the coefficients and intercepts, ordered as
        ``np.column_stack([coef_, intercept_]).ravel()``.
    standard_errors_ : ndarray of shape (K, D)
        With ``inference=True``: of the coefficients, the roots of the diagonal of `covariance_`.
    intercept_standard_errors_ : ndarray of shape (K,)
        With ``inference=True``: of the intercepts, likewise.
    n_features_in_ : int
        The number D of columns of X.
    feature_names_in_ : ndarray of shape (D,)
        Names of the columns, when X was a table with names.

    Notes
    -----
    X may be dense or sparse, float32 (kept, and polished in float64 when `tol` is below 1e-5) or float64. The penalty is
    exactly that of ``LogisticRegression(C=C)`` with three or more classes. With two classes that class penalizes the
    *difference* of the two rows; the same fit needs half its C here (chapter 8).

    References
    ----------
    Böhning (1992), "Multinomial logistic regression algorithm", Ann. Inst. Stat. Math. 44:197-200.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = SoftmaxRegression(C=10.0).fit(X, y)
    >>> round(model.score(X, y), 3)
    0.98
    >>> model.predict_proba(X[:1]).round(3).tolist()
    [[0.997, 0.003, 0.0]]
    """

    def __init__(
        self,
        C: float = 1.0,
        *,
        fit_intercept: bool = True,
        class_weight: dict | str | None = None,
        solver: str = "lbfgs",
        tol: float = 1e-4,
        max_iter: int = 1000,
        warm_start: bool = False,
        inference: bool = False,
        callback: Callable[[int, float, float], object] | None = None,
        verbose: int = 0,
    ) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.inference = inference
        self.callback = callback
        self.verbose = verbose

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None) -> SoftmaxRegression:
        """Learn coefficients from samples X (N, D), labels y (N,) and optional weights (N,).

        Returns
        -------
        SoftmaxRegression
            This model.

        Raises
        ------
        ValueError
            If a parameter, X, y or the weights are invalid, or fewer than two classes are left.

        Warns
        -----
        ConvergenceWarning
            If the solver stopped before the gradient was small enough.
        """
        self._check_parameters()
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32])
        check_classification_targets(y)
        classes, indices = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                f"SoftmaxRegression needs at least 2 classes, y holds one class only: {classes.tolist()[0]!r}."
            )
        weights = self._weights(X, indices, classes, sample_weight)
        previous = getattr(self, "classes_", None) if self.warm_start else None
        start = self._parameters() if previous is not None and np.array_equal(previous, classes) else None
        self.classes_ = classes
        self._posterior = None
        self._minimize(_Objective(X, indices, weights, self._penalty(X.shape[1])), start)
        if self.inference:
            self.covariance_ = self._covariance(X, weights)
        elif hasattr(self, "covariance_"):
            del self.covariance_
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None) -> SoftmaxRegression:
        """Learn from one more batch, held near the present coefficients by all that was seen before.

        The penalty of the first batch is that of :meth:`fit`. After each batch, the curvature of its loss is added to
        the penalty and the penalty is centered at the new coefficients: the posterior, approximated by a Gaussian,
        becomes the next prior. There is no learning rate, a single batch gives exactly :meth:`fit`, and each sample should be
        given once. After :meth:`fit`, the fitted coefficients are the center of the first penalty.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : sequence of labels
            All labels that will ever occur; needed on the first call.

        Returns
        -------
        SoftmaxRegression
            This model.

        Raises
        ------
        ValueError
            If `classes` is missing on the first call, is contradicted later, or y holds another label; for
            ``class_weight="balanced"``, whose weights need all samples at once; and as in :meth:`fit`.
        """
        self._check_parameters()
        first = not hasattr(self, "classes_")
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32], reset=first)
        check_classification_targets(y)
        self._set_classes(classes, first)
        if isinstance(self.class_weight, str):
            raise ValueError(
                'class_weight="balanced" needs all samples at once; give partial_fit a dict of weights instead.'
            )
        indices = self._indices(y)
        weights = self._weights(X, indices, self.classes_, sample_weight)
        prior = getattr(self, "_posterior", None) or self._penalty(X.shape[1])
        if not first:
            prior = _Prior(self._parameters(), prior.precision)
        objective = _Objective(X, indices, weights, prior)
        self._minimize(objective, None if first else prior.mean)
        curvature, precision = objective.curvature(self._parameters()), prior.precision
        if precision.ndim < curvature.ndim:
            precision = np.diag(precision)
        self._posterior = _Prior(self._parameters(), precision + curvature)
        return self

    def _minimize(self, objective: _Objective, start: np.ndarray | None) -> None:
        """Run the solver and store what it found."""
        if start is None:
            start = np.zeros((len(self.classes_), objective.num_features + 1))
        with _workers(objective.num_samples * start.size) as objective.each:
            fit = _Fit(
                objective, len(self.classes_), self.fit_intercept, self.tol, self.max_iter, self.callback, self.verbose
            )
            parameters = fit.run(self.solver, start.astype(np.float64))
        objective.each = map
        dtype = objective.X.dtype
        self.coef_, self.intercept_ = parameters[:, :-1].astype(dtype), parameters[:, -1].astype(dtype)
        self.n_iter_, self.loss_curve_ = len(fit.losses) - 1, np.array(fit.losses)
        if fit.complaint:
            warnings.warn(fit.complaint, ConvergenceWarning, stacklevel=3)

    # ------------------------------------------------------------------ the article's two methods

    def loss(self, X, y, sample_weight=None) -> float:
        """The objective J at the fitted coefficients: mean cross-entropy plus ``||W||^2 / (2 C sum(weights))``."""
        return self._objective(X, y, sample_weight).value_and_gradient(self._parameters())[0]

    def grad(self, X, y, sample_weight=None) -> tuple[np.ndarray, np.ndarray]:
        """The gradient of :meth:`loss` with respect to `coef_` (K, D) and `intercept_` (K,)."""
        gradient = self._objective(X, y, sample_weight).value_and_gradient(self._parameters())[1]
        return gradient[:, :-1], gradient[:, -1]

    def _objective(self, X, y, sample_weight) -> _Objective:
        check_is_fitted(self)
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32], reset=False)
        indices = self._indices(y)
        weights = self._weights(X, indices, self.classes_, sample_weight)
        return _Objective(X, indices, weights, self._penalty(X.shape[1]), dtype=np.float64)

    # ------------------------------------------------------------------ predictions

    def decision_function(self, X) -> np.ndarray:
        """The logits (N, K); for two classes, as scikit-learn has it, the log-odds (N,) of the second one."""
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict_proba(self, X) -> np.ndarray:
        """Class probabilities (N, K), columns in the order of `classes_`."""
        return softmax(self._logits(X))

    def predict_log_proba(self, X) -> np.ndarray:
        """Logarithms of the class probabilities (N, K), accurate also where a probability underflows."""
        return log_softmax(self._logits(X))

    def predict(self, X) -> np.ndarray:
        """The most probable class of each sample (N,)."""
        scores = self.decision_function(X)
        return self.classes_[(scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)]

    def _logits(self, X) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32], reset=False)
        return X @ self.coef_.T + self.intercept_

    # ------------------------------------------------------------------ inference

    def fisher_information(self, X, sample_weight=None) -> np.ndarray:
        """The Fisher information of the coefficients and intercepts at the fitted values.

        Entry ``[k (D + 1) + d, l (D + 1) + e]`` is ``sum_i s_i x_id x_ie p_ik (1[k = l] - p_il)``, where the last
        "feature" is the constant 1. Adding one vector to every class changes no probability, so the matrix is singular.

        Parameters
        ----------
        X : array or sparse matrix of shape (N, D)
        sample_weight : array of shape (N,), optional
            How often each sample was seen.

        Returns
        -------
        ndarray of shape (K (D + 1), K (D + 1))
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32], reset=False)
        return self._information(X, _check_sample_weight(sample_weight, X, dtype=np.float64))

    def _information(self, X, weights: np.ndarray) -> np.ndarray:
        dense = X.toarray() if scipy.sparse.issparse(X) else X
        samples = np.column_stack([dense, np.ones(len(dense))]).astype(np.float64)
        probabilities = softmax(samples @ self._parameters().T)
        size = samples.shape[1]
        information = np.empty((len(self.classes_), size, len(self.classes_), size))
        for k, p_k in enumerate(probabilities.T):
            for m, p_m in enumerate(probabilities.T[: k + 1]):
                factor = weights * p_k * ((k == m) - p_m)
                information[k, :, m] = information[m, :, k] = samples.T @ (samples * factor[:, None])
        return information.reshape(len(self.classes_) * size, -1)

    def _covariance(self, X, weights: np.ndarray) -> np.ndarray:
        """H^-1 F H^-1 with the Fisher information F and H = F + penalty, on coefficients that sum to zero over classes."""
        K, size = len(self.classes_), X.shape[1] + 1
        free = size if self.fit_intercept else size - 1
        # An orthonormal basis of the contrasts between classes leaves out the direction that no data can determine.
        contrasts = np.kron(scipy.linalg.helmert(K).T, np.eye(size)[:, :free])
        information = contrasts.T @ self._information(X, weights) @ contrasts
        penalty = np.diag(np.tile(self._penalty(X.shape[1]).precision[:free], K - 1))
        inverse = _inverse(information + penalty)
        return contrasts @ inverse @ information @ inverse @ contrasts.T

    @property
    def standard_errors_(self) -> np.ndarray:
        """Standard errors of `coef_`, shape (K, D)."""
        return self._standard_errors()[:, :-1]

    @property
    def intercept_standard_errors_(self) -> np.ndarray:
        """Standard errors of `intercept_`, shape (K,)."""
        return self._standard_errors()[:, -1]

    def _standard_errors(self) -> np.ndarray:
        if not hasattr(self, "covariance_"):
            raise AttributeError(
                "Standard errors are computed by fit when asked for: SoftmaxRegression(inference=True).fit(X, y)."
            )
        return np.sqrt(np.diag(self.covariance_).clip(0)).reshape(len(self.classes_), -1)

    # ------------------------------------------------------------------ small parts

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check_parameters(self) -> None:
        if not (isinstance(self.C, numbers.Real) and self.C > 0):
            raise ValueError(f"C must be a positive number (np.inf for no penalty), got {self.C!r}.")
        if self.solver not in _SOLVERS:
            raise ValueError(f"solver must be one of {', '.join(map(repr, _SOLVERS))}, got {self.solver!r}.")
        if not (isinstance(self.tol, numbers.Real) and self.tol >= 0):
            raise ValueError(f"tol must be a number of at least 0, got {self.tol!r}.")
        if not (isinstance(self.max_iter, numbers.Integral) and self.max_iter >= 1):
            raise ValueError(f"max_iter must be a whole number of at least 1, got {self.max_iter!r}.")
        if self.callback is not None and not callable(self.callback):
            raise ValueError(f"callback must be a function of (iteration, loss, gradient_norm), got {self.callback!r}.")

    def _parameters(self) -> np.ndarray:
        """Coefficients and, in the last column, intercepts: (K, D + 1) in float64."""
        return np.column_stack([self.coef_, self.intercept_]).astype(np.float64)

    def _penalty(self, num_features: int) -> _Prior:
        return _Prior(0.0, np.append(np.full(num_features, 1 / self.C), 0.0))

    def _weights(self, X, indices: np.ndarray, classes: np.ndarray, sample_weight) -> np.ndarray:
        """The weight s_i of each sample: what was given, times that of its class."""
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        weights = weights * _class_factors(self.class_weight, classes, indices, weights)[indices]
        if (weights < 0).any() or not weights.any():
            raise ValueError(
                "The weights of the samples (sample_weight times class_weight) must not be negative, and at least one "
                "must be positive."
            )
        return weights

    def _set_classes(self, classes, first: bool) -> None:
        if first and classes is None:
            raise ValueError("The first call of partial_fit needs classes, all labels that will ever occur.")
        given = None if classes is None else np.unique(classes)
        if not first and given is not None and not np.array_equal(given, self.classes_):
            raise ValueError(f"classes={classes!r} contradicts the first call, which gave {self.classes_.tolist()}.")
        if first:
            if len(given) < 2:
                raise ValueError(f"SoftmaxRegression needs at least 2 classes, got classes={classes!r}.")
            self.classes_ = given

    def _indices(self, y) -> np.ndarray:
        """Labels as positions in `classes_`."""
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y holds labels that the model does not know: {unknown.tolist()[:5]}.")
        return np.searchsorted(self.classes_, y)


def _class_factors(class_weight, classes: np.ndarray, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The factor of each class."""
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, str) and class_weight == "balanced":
        totals = np.bincount(indices, weights, minlength=len(classes))
        present = totals > 0
        return np.divide(weights.sum() / present.sum(), totals, out=np.zeros(len(classes)), where=present)
    if not isinstance(class_weight, dict):
        raise ValueError(f'class_weight must be a dict {{label: weight}}, "balanced" or None, got {class_weight!r}.')
    unknown = set(class_weight) - set(classes.tolist())
    if unknown:
        raise ValueError(f"class_weight names labels that do not occur: {sorted(map(str, unknown))}.")
    return np.array([class_weight.get(label, 1.0) for label in classes.tolist()], dtype=np.float64)


@contextmanager
def _workers(multiplications: int) -> Iterator[Callable]:
    """A `map` for blocks of samples that uses every core where that pays, while BLAS keeps to one thread.

    NumPy lets go of the interpreter's lock, so that threads of our own share also what BLAS does not do; and they sleep
    when they wait, where those of BLAS keep a core busy.
    """
    with _thread_pools().limit(limits=1, user_api="blas"):
        if multiplications < ONE_THREAD_LIMIT:
            yield map
        else:
            with ThreadPoolExecutor(CORES) as pool:
                yield pool.map


@cache
def _thread_pools() -> ThreadpoolController:
    """Finding the thread pools takes milliseconds, so it is done once."""
    return ThreadpoolController()


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """The (pseudo-)inverse of a covariance-like matrix whose variables may have very different units."""
    scale = np.sqrt(np.diag(matrix))
    scale[scale == 0] = 1.0
    return scipy.linalg.pinvh(matrix / np.outer(scale, scale)) / np.outer(scale, scale)


# ---------------------------------------------------------------------- the function to minimize


@dataclass
class _Prior:
    """The penalty tr((T - mean) precision (T - mean)') / 2 on parameters T = (W | b) of shape (K, D + 1).

    A precision with one axis is the diagonal of the matrix.
    """

    mean: np.ndarray | float
    precision: np.ndarray

    def times_precision(self, rows: np.ndarray) -> np.ndarray:
        return rows * self.precision if self.precision.ndim == 1 else rows @ self.precision


@dataclass
class _Objective:
    """J(T) = (sum_i s_i cross_entropy_i + penalty) / sum(s), its gradient and Hessian products, block by block.

    Inside a block logits are kept as (K, samples): all reductions over classes then run along long contiguous rows.
    """

    X: np.ndarray | scipy.sparse.csr_matrix
    y: np.ndarray
    weights: np.ndarray
    prior: _Prior
    dtype: type | None = None  # of the products; that of X when None
    each: Callable = map  # how a function is applied to all blocks
    _remembered: tuple = field(default=(None, None), init=False, repr=False)

    def __post_init__(self) -> None:
        self.dtype = np.dtype(self.dtype or self.X.dtype)
        self.total = self.weights.sum()
        self.unit_weights = bool((self.weights == 1).all())
        self.num_samples, self.num_features = self.X.shape

    def blocks(self) -> list[slice]:
        """Consecutive samples, few enough to stay in the cache."""
        size = max(256, BLOCK_BYTES // (self.num_features * self.dtype.itemsize))
        if scipy.sparse.issparse(self.X):
            size = self.num_samples  # cutting a sparse matrix costs more than it saves
        return [slice(start, start + size) for start in range(0, self.num_samples, size)]

    def samples(self, rows: slice):
        """A block of X in the working dtype."""
        block = self.X if scipy.sparse.issparse(self.X) else self.X[rows]
        return block.astype(self.dtype, copy=False)

    def value_and_gradient(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its gradient, both summed in float64."""
        working = parameters.astype(self.dtype)

        def part(rows: slice) -> tuple[float, np.ndarray]:
            block = self.samples(rows)
            errors = _logits(working, block)
            loss = _losses_and_errors(errors, self.y[rows], None if self.unit_weights else self.weights[rows])
            return loss, _products(errors, block)

        losses, gradients = zip(*self.each(part, self.blocks()), strict=True)
        offset = parameters - self.prior.mean
        pull = self.prior.times_precision(offset)
        return (sum(losses) + 0.5 * np.vdot(offset, pull)) / self.total, (sum(gradients) + pull) / self.total

    def hessian_product(self, parameters: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """The Hessian of J at `parameters` times `direction`, without forming the matrix."""
        probabilities, working = self._probabilities(parameters), direction.astype(self.dtype)

        def part(rows: slice) -> np.ndarray:
            p, block = probabilities[:, rows], self.samples(rows)
            change = _logits(working, block)
            change -= (p * change).sum(axis=0)  # the Jacobian-vector product of softmax
            change *= p
            change *= self.weights[rows].astype(self.dtype)
            return _products(change, block)

        products = sum(self.each(part, self.blocks()))
        return (products + self.prior.times_precision(direction)) / self.total

    def curvature(self, parameters: np.ndarray) -> np.ndarray:
        """sum_i s_i u_i x_i x_i' with u_i the mean curvature of sample i: diag(p) - pp' has K - 1 directions and the
        trace 1 - p'p. For two classes this is exact."""
        uncertainty = (1 - (self._probabilities(parameters) ** 2).sum(axis=0)) / (len(parameters) - 1)
        return _second_moments(self.X, self.weights * uncertainty, full=self.small)

    @property
    def small(self) -> bool:
        """Whether matrices of (D + 1)^2 numbers are affordable."""
        return self.num_features <= DENSE_METRIC_LIMIT

    def _probabilities(self, parameters: np.ndarray) -> np.ndarray:
        """(K, N); remembered, because Newton's method multiplies many vectors by one Hessian."""
        where, what = self._remembered
        if where is None or not np.array_equal(where, parameters):
            working = parameters.astype(self.dtype)
            parts = self.each(lambda rows: softmax(_logits(working, self.samples(rows)), axis=0), self.blocks())
            where, what = self._remembered = parameters.copy(), np.concatenate(list(parts), axis=1)
        return what


def _logits(parameters: np.ndarray, block) -> np.ndarray:
    """(K, samples)."""
    K, coef = len(parameters), parameters[:, :-1]
    if not scipy.sparse.issparse(block) and K % LANES and coef.size > 1000:
        coef = np.pad(coef, ((0, -K % LANES), (0, 0)))  # BLAS takes twice as long for 10 rows as for 16
    logits = np.ascontiguousarray((block @ coef.T)[:, :K].T)
    logits += parameters[:, -1:]
    return logits


def _products(errors: np.ndarray, block) -> np.ndarray:
    """errors (K, samples) times (block | 1), (K, D + 1) in float64."""
    weighted = (block.T @ errors.T).T if scipy.sparse.issparse(block) else errors @ block
    return np.column_stack([weighted, errors.sum(axis=1, dtype=np.float64)])


def _losses_and_errors(logits: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> float:
    """Overwrite logits (K, samples) by weights * (softmax - one-hot) and return the weighted sum of cross-entropies."""
    samples = np.arange(logits.shape[1])
    logits -= logits.max(axis=0)
    target = logits[y, samples]
    np.exp(logits, out=logits)
    sums = logits.sum(axis=0)
    losses = np.log(sums) - target
    logits *= 1 / sums
    logits[y, samples] -= 1
    if weights is None:
        return float(losses.sum(dtype=np.float64))
    logits *= weights.astype(logits.dtype)
    return float(losses @ weights)


def _second_moments(X, weights: np.ndarray, *, full: bool) -> np.ndarray:
    """sum_i w_i (x_i, 1) (x_i, 1)', or its diagonal."""
    sparse = scipy.sparse.issparse(X)
    if not full:
        squares = X.multiply(X).T @ weights if sparse else np.einsum("i,id,id->d", weights, X, X)
        return np.append(squares, weights.sum())
    # The same matrix on both sides of the product lets BLAS compute one triangle only.
    roots = np.sqrt(weights).astype(X.dtype)
    scaled = X.multiply(roots[:, None]).tocsr() if sparse else X * roots[:, None]
    products = scaled.T @ scaled
    moments = np.empty((X.shape[1] + 1,) * 2)
    moments[:-1, :-1] = products.toarray() if sparse else products
    moments[-1, :-1] = moments[:-1, -1] = weights @ X
    moments[-1, -1] = weights.sum()
    return moments


# ---------------------------------------------------------------------- the coordinates of the solver


class _Metric:
    """Coordinates V (K, D + 1) in which the curvature of J at W = 0 is about the identity.

    With the features centered, ``z = W (x - mean) + beta``, the curvature of (W | beta) is the matrix M of every class;
    ``(W | beta) = V L^-1`` for M = L L'. With many features L is the root of the diagonal of M.
    """

    def __init__(self, objective: _Objective, num_classes: int, fit_intercept: bool) -> None:
        self.fit_intercept = fit_intercept
        # M only has to be roughly right: a sample of the rows will do where the matrix is expensive.
        step = max(1, objective.num_samples // METRIC_SAMPLES) if objective.small else 1
        X, weights = objective.X[::step], objective.weights[::step]
        self.each = objective.each
        weights = weights / (weights.sum() or 1.0)
        self.mean = np.asarray(weights @ X, np.float64) if fit_intercept else np.zeros(X.shape[1])
        curvature = (num_classes - 1) / num_classes**2  # p (1 - p) at p = 1 / K
        matrix = curvature * self._centered_moments(X, weights, full=objective.small)
        precision = self._centered_precision(objective.prior.precision) / objective.total
        matrix += np.diag(precision) if matrix.ndim > precision.ndim else precision
        rounding = np.append(100 * np.finfo(X.dtype).eps * np.abs(self.mean), 0.0) ** 2
        self.whitening = _inverse_root(matrix, curvature * rounding)

    def parameters(self, coordinates: np.ndarray) -> np.ndarray:
        """(W | b) for V."""
        full = self.whitening.ndim == 2
        parameters = coordinates @ self.whitening if full else coordinates * self.whitening
        parameters[:, -1] -= parameters[:, :-1] @ self.mean
        if not self.fit_intercept:
            parameters[:, -1] = 0.0
        return parameters

    def gradient(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to V, given that with respect to (W | b): the transpose of `parameters`."""
        last = gradient[:, -1:] if self.fit_intercept else np.zeros((len(gradient), 1))
        centered = np.column_stack([gradient[:, :-1] - last * self.mean, last])
        return centered @ self.whitening.T if self.whitening.ndim == 2 else centered * self.whitening

    def coordinates(self, parameters: np.ndarray) -> np.ndarray:
        """V for (W | b)."""
        centered = parameters.copy()
        centered[:, -1] += parameters[:, :-1] @ self.mean
        if self.whitening.ndim == 1:
            return centered / self.whitening
        return scipy.linalg.solve_triangular(self.whitening, centered.T, lower=True, trans="T").T

    def _centered_moments(self, X, weights: np.ndarray, *, full: bool) -> np.ndarray:
        if scipy.sparse.issparse(X):  # centering would fill it
            moments, mean = _second_moments(X, weights, full=full), np.append(self.mean, 0.0)
            moments -= np.outer(mean, mean) if full else mean**2
        else:
            mean, size = self.mean.astype(X.dtype), -(-len(X) // CORES)
            chunks = [slice(start, start + size) for start in range(0, len(X), size)]
            moments = sum(self.each(lambda rows: _second_moments(X[rows] - mean, weights[rows], full=full), chunks))
        if full:
            moments[-1, :-1] = moments[:-1, -1] = 0.0
        return moments

    def _centered_precision(self, precision: np.ndarray) -> np.ndarray:
        """That of (W | beta), where b = beta - W mean."""
        if precision.ndim == 1:
            return precision
        centering = np.eye(len(precision))
        centering[-1, :-1] = -self.mean
        return centering.T @ precision @ centering


def _inverse_root(matrix: np.ndarray, rounding: np.ndarray) -> np.ndarray:
    """L^-1 for M = L L', or 1 / sqrt(M) when M is given by its diagonal."""
    variances = matrix if matrix.ndim == 1 else np.diag(matrix)
    # A constant feature without a penalty has nothing to be learned from: any scale will do that is not tiny.
    scale = 1 / np.sqrt(np.where(variances > rounding, variances, variances.max() or 1.0))
    if matrix.ndim == 1:
        return scale
    correlations = matrix * np.outer(scale, scale)
    np.einsum("ii->i", correlations)[:] += 1e-6
    factor = np.linalg.cholesky(correlations)
    return scipy.linalg.solve_triangular(factor, np.diag(scale), lower=True)


# ---------------------------------------------------------------------- the solvers


class _Fit:
    """One run of a solver: evaluates J, records the losses, decides when to stop, reports."""

    def __init__(self, objective, num_classes, fit_intercept, tol, max_iter, callback, verbose) -> None:
        self.objective, self.metric = objective, _Metric(objective, num_classes, fit_intercept)
        self.num_classes, self.tol, self.max_iter = num_classes, tol, max_iter
        self.callback, self.bar = callback, _ProgressBar(tol, max_iter) if verbose else None
        self.losses: list[float] = []
        self.stopped = False

    def run(self, solver: str, start: np.ndarray) -> np.ndarray:
        """The parameters (K, D + 1) at the minimum."""
        position = self.metric.coordinates(start).ravel()
        for dtype, goal in self._stages():
            self.objective = replace(self.objective, dtype=dtype)
            self.goal, self.evaluated = goal, None
            self._look(position)
            if not self.losses:
                self.losses.append(self.loss)
            if self.norm > goal:
                _SOLVERS[solver](self)
            position = self.position
            if self.stopped or self.norm <= self.tol or len(self.losses) > self.max_iter:
                break
        if self.bar:
            self.bar.close()
        return self.metric.parameters(self._matrix(position))

    def _stages(self) -> list[tuple[np.dtype, float]]:
        """Products in the dtype of X first; in float64 when rounding errors of float32 stand in the way of `tol`."""
        stages = [(np.dtype(np.float64), self.tol)]
        if self.objective.dtype == np.float32:
            stages.insert(0, (np.dtype(np.float32), max(self.tol, FLOAT32_TOL)))
        return stages

    def evaluate(self, position: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its gradient in the coordinates of the solver."""
        loss, gradient = self.objective.value_and_gradient(self.metric.parameters(self._matrix(position)))
        gradient = self.metric.gradient(gradient).ravel()
        self.evaluated = (position.copy(), loss, gradient)
        return loss, gradient

    def hessian_product(self, position: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """The Hessian of J times a direction, in the coordinates of the solver."""
        where, which = (self.metric.parameters(self._matrix(v)) for v in (position, direction))
        return self.metric.gradient(self.objective.hessian_product(where, which)).ravel()

    def after_iteration(self, intermediate_result) -> None:
        """What SciPy's solvers call after each iteration; StopIteration ends them."""
        self._look(intermediate_result.x)
        self.losses.append(self.loss)
        iteration = len(self.losses) - 1
        if self.bar:
            self.bar.show(iteration, self.loss, self.norm)
        if self.callback is not None and self.callback(iteration, self.loss, self.norm):
            self.stopped = True
        if self.stopped or self.norm <= self.goal or iteration >= self.max_iter:
            raise StopIteration

    def _look(self, position: np.ndarray) -> None:
        """Make `position` the present one; mostly it was just evaluated."""
        if self.evaluated is None or not np.array_equal(position, self.evaluated[0]):
            self.evaluate(position)
        self.position, self.loss, gradient = self.evaluated
        self.gradient, self.norm = gradient, float(np.linalg.norm(gradient))

    def _matrix(self, vector: np.ndarray) -> np.ndarray:
        return vector.reshape(self.num_classes, -1)

    @property
    def complaint(self) -> str | None:
        """What to warn about, if anything."""
        # A gradient g lowers the loss by about g^2 / 2 more. Below a few units in the last place of the loss nobody can tell.
        resolution = np.sqrt(2 * 16 * np.finfo(float).eps * abs(self.loss))
        if self.stopped or self.norm <= max(self.tol, resolution):
            return None
        reached = f"with a gradient norm of {self.norm:.2g}, above tol={self.tol:.2g}"
        if len(self.losses) > self.max_iter:
            return (
                f"SoftmaxRegression stopped after max_iter={self.max_iter} iterations {reached}. Raise max_iter or tol."
            )
        return f"SoftmaxRegression stopped {reached}, because rounding errors hide any further progress. Raise tol."


def _lbfgs(fit: _Fit) -> None:
    """A quasi-Newton method that models the curvature from the last MEMORY steps."""
    options = {"maxcor": MEMORY, "gtol": 0.0, "ftol": 0.0, "maxls": 50, "maxiter": fit.max_iter, "maxfun": sys.maxsize}
    scipy.optimize.minimize(
        fit.evaluate, fit.position, jac=True, method="L-BFGS-B", callback=fit.after_iteration, options=options
    )


def _newton_cg(fit: _Fit) -> None:
    """Newton's method inside a trust region; conjugate gradients need Hessian products only."""
    scipy.optimize.minimize(
        fit.evaluate, fit.position, jac=True, hessp=fit.hessian_product, method="trust-ncg",
        callback=fit.after_iteration, options={"gtol": 0.0, "maxiter": fit.max_iter},
    )  # fmt: skip


def _gradient_descent(fit: _Fit) -> None:
    """Steps against the gradient, of the length 1 / L that Böhning's bound diag(p) - pp' <= I / 2 allows.

    Where the metric is approximate the bound may not hold: the step is halved until the loss falls as the bound promises.
    """
    step = 2 * (fit.num_classes - 1) / fit.num_classes**2
    position, loss, gradient = fit.position, fit.loss, fit.gradient
    while step > 1e-12:
        candidate = position - step * gradient
        new_loss, new_gradient = fit.evaluate(candidate)
        if new_loss > loss - 0.5 * step * (gradient @ gradient) + 1e-15 * abs(loss):
            step /= 2
            continue
        position, loss, gradient = candidate, new_loss, new_gradient
        try:
            fit.after_iteration(scipy.optimize.OptimizeResult(x=position))
        except StopIteration:
            return


_SOLVERS = {"lbfgs": _lbfgs, "newton-cg": _newton_cg, "gradient-descent": _gradient_descent}


class _ProgressBar:
    """One line that is written over: how far the gradient has fallen towards `tol`, on a logarithmic scale."""

    WIDTH = 24

    def __init__(self, tol: float, max_iter: int) -> None:
        self.tol, self.max_iter = max(tol, np.finfo(float).eps), max_iter
        self.first, self.done, self.shown = None, 0.0, False

    def show(self, iteration: int, loss: float, norm: float) -> None:
        norm = max(norm, self.tol)
        self.first = self.first or norm
        fallen = np.log(self.first / norm) / (np.log(self.first / self.tol) or 1.0) if norm > self.tol else 1.0
        self.done, self.shown = max(self.done, fallen, iteration / self.max_iter), True
        bar = "█" * round(self.WIDTH * self.done)
        text = f"\r{bar:░<{self.WIDTH}} iteration {iteration} · loss {loss:.6f} · gradient {norm:.1e} "
        print(text, end="", flush=True)

    def close(self) -> None:
        if self.shown:
            print()
