"""What chapter 5 claims for all logits, all data and all steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import mp
from scipy.optimize import minimize

from softmax_lib import cross_entropy, cross_entropy_gradient, one_hot, softmax, softmax_jacobian

NUMBERS = st.floats(-20, 20, allow_nan=False)


@st.composite
def problems(draw):
    """Features with a column of ones, labels, and parameters of a small softmax regression."""
    N, D, K = draw(st.integers(1, 8)), draw(st.integers(1, 3)), draw(st.integers(2, 5))
    X = np.column_stack([draw(arrays(float, (N, D), elements=st.floats(-3, 3))), np.ones(N)])
    theta = draw(arrays(float, (D + 1, K), elements=st.floats(-2, 2)))
    return X, draw(arrays(int, N, elements=st.integers(0, K - 1))), theta


def _gradient(X, labels, theta):
    return X.T @ cross_entropy_gradient(X @ theta, labels)


@pytest.mark.claim("Chapter 5: the gradient of cross-entropy at the logits is $p-y$", theorem="thm-05-residual")
@given(arrays(float, st.integers(2, 6), elements=NUMBERS), st.integers(0, 5))
@settings(max_examples=40)
def test_gradient_is_prediction_minus_truth(logits, target):
    target %= len(logits)
    with mp.workdps(40):
        z = [mp.mpf(float(v)) for v in logits]

        def loss(k, step):
            moved = [v + (step if j == k else 0) for j, v in enumerate(z)]
            return mp.log(mp.fsum(mp.exp(v) for v in moved)) - moved[target]

        h = mp.mpf(10) ** -12
        slopes = [float((loss(k, h) - loss(k, -h)) / (2 * h)) for k in range(len(z))]
    np.testing.assert_allclose(softmax(logits) - one_hot(target, len(z)), slopes, atol=1e-14)
    np.testing.assert_allclose(cross_entropy_gradient(logits, target), slopes, rtol=1e-13, atol=1e-20)


@pytest.mark.claim(r"Chapter 5: the gradient of a batch is $X^\top(P-Y)/N$", theorem="thm-05-batch")
@given(problems())
@settings(max_examples=50)
def test_batch_gradient_against_a_complex_step(problem):
    X, labels, theta = problem
    expected = np.empty_like(theta)
    for index in np.ndindex(*theta.shape):
        moved = theta.astype(complex)
        moved[index] += 1e-100j
        z = X @ moved
        z = z - z.real.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        expected[index] = -log_p[np.arange(len(X)), labels].mean().imag / 1e-100
    P, Y = softmax(X @ theta), one_hot(labels, theta.shape[1])
    np.testing.assert_allclose(X.T @ (P - Y) / len(X), expected, atol=1e-12)
    np.testing.assert_allclose(_gradient(X, labels, theta), expected, atol=1e-12)


@pytest.mark.claim(
    "Chapter 5: the loss is convex, its curvature along V is a mean of variances", theorem="thm-05-hessian"
)
@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_curvature_is_a_variance(problem, seed):
    X, labels, theta = problem
    V = np.random.default_rng(seed).normal(size=theta.shape)
    P, v = softmax(X @ theta), X @ V
    variance = np.mean(np.sum(P * v**2, axis=1) - np.sum(P * v, axis=1) ** 2)
    quadratic = np.mean(np.einsum("ik,ikl,il->i", v, softmax_jacobian(P), v))
    assert quadratic == pytest.approx(variance, rel=1e-9, abs=1e-9)
    assert quadratic >= -1e-12
    middle = 2 * cross_entropy(X @ theta, labels)
    ends = cross_entropy(X @ (theta + V), labels) + cross_entropy(X @ (theta - V), labels)
    assert middle <= ends + 1e-10


@pytest.mark.claim(
    r"Chapter 5: Böhning's bound, $\operatorname{diag}(p)-pp^\top\preceq\frac12(I-\mathbf 1\mathbf 1^\top/K)$",
    theorem="thm-05-boehning",
)
@given(arrays(float, st.integers(2, 8), elements=st.floats(-40, 40)))
def test_boehning_bound(logits):
    p, K = softmax(logits), len(logits)
    gap = 0.5 * (np.eye(K) - 1 / K) - softmax_jacobian(p)
    assert np.linalg.eigvalsh(gap)[0] >= -1e-14


@pytest.mark.claim(
    "Chapter 5: a step of $1/L$ lowers the loss by at least the squared gradient over $2L$", theorem="thm-05-descent"
)
@given(problems())
@settings(max_examples=60)
def test_safe_step_descends(problem):
    X, labels, theta = problem
    L = 0.5 * np.linalg.eigvalsh(X.T @ X / len(X))[-1]
    gradient = _gradient(X, labels, theta)
    after = cross_entropy(X @ (theta - gradient / L), labels)
    assert after <= cross_entropy(X @ theta, labels) - np.sum(gradient**2) / (2 * L) + 1e-12


@pytest.mark.claim(
    "Chapter 5: on separable data the loss along a separating direction tends to 0 and never is 0",
    theorem="thm-05-separable",
)
@given(st.integers(2, 5), st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_separable_data_have_no_minimum(K, N, seed):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, K, N)
    X = one_hot(labels, K) + 0.2 * generator.uniform(-1, 1, (N, K))  # the identity separates these
    margins = X[np.arange(N), labels][:, None] - X
    margins[np.arange(N), labels] = np.inf
    m = margins.min()
    assert m > 0
    losses = [cross_entropy(t * X, labels) for t in (1, 10, 100)]
    assert all(0 < loss <= (K - 1) * np.exp(-t * m) * (1 + 1e-12) for t, loss in zip((1, 10, 100), losses, strict=True))


@pytest.mark.claim("Chapter 5: gradient descent from zero keeps the parameters of the classes summing to zero")
@given(problems(), st.floats(0, 1))
@settings(max_examples=30)
def test_row_sums_stay_zero(problem, ridge):
    X, labels, theta = problem
    theta = np.zeros_like(theta)
    for _ in range(10):
        theta = theta - 0.1 * (_gradient(X, labels, theta) + ridge * theta)
    np.testing.assert_allclose(theta.sum(axis=1), 0, atol=1e-13)


@pytest.mark.claim("Chapter 5: at the minimum the moments of the model are those of the data", theorem="thm-05-moments")
@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_moments_match_at_the_minimum(penalty):
    rng = np.random.default_rng(5)
    labels = rng.integers(3, size=60)
    X = np.column_stack([rng.normal(size=(60, 2)) + 0.3 * labels[:, None], np.ones(60)])  # classes overlap
    weighted = np.array([[1.0], [1.0], [0.0]]) * penalty  # the bias is free

    def objective(flat):
        theta = flat.reshape(3, 3)
        value = cross_entropy(X @ theta, labels) + (weighted * theta**2).sum() / 2
        return value, (_gradient(X, labels, theta) + weighted * theta).ravel()

    found = minimize(objective, np.zeros(9), jac=True, method="BFGS", options={"gtol": 1e-9}).x.reshape(3, 3)
    of_the_model, of_the_data = X.T @ softmax(X @ found) / 60, X.T @ one_hot(labels, 3) / 60
    np.testing.assert_allclose(of_the_data - of_the_model, weighted * found, atol=1e-7)
