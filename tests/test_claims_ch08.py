"""What chapter 8 says about all inputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from softmax_lib import cross_entropy, one_hot, softmax
from softmax_lib.regression import SoftmaxRegression

SEEDS = st.integers(0, 10**6)


def problem(seed, classes, samples=40, features=3):
    """Features and labels; every class occurs, and no two classes can be told apart for sure."""
    generator = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), generator.integers(0, classes, samples - classes)])
    return generator.normal(size=(samples, features)) + 0.4 * y[:, None], y


@pytest.mark.claim("Chapter 8: logistic regression with C is softmax regression with C/2", theorem="thm-08-two-classes")
@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, log_c=st.floats(-2, 2))
def test_logistic_regression_is_softmax_with_two_classes(seed, log_c):
    X, y = problem(seed, 2)
    logistic = LogisticRegression(C=10**log_c, solver="newton-cholesky", tol=1e-10).fit(X, y)
    ours = SoftmaxRegression(C=10**log_c / 2, solver="newton-cg", tol=1e-8).fit(X, y)
    np.testing.assert_allclose(ours.coef_[1], logistic.coef_[0] / 2, atol=1e-5 * (1 + np.abs(logistic.coef_).max()))
    np.testing.assert_allclose(ours.predict_proba(X), logistic.predict_proba(X), atol=1e-5)


@pytest.mark.claim("Chapter 8: at the minimum the weights of all classes sum to zero", theorem="thm-08-sum")
@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, classes=st.integers(2, 5), log_c=st.floats(-2, 2))
def test_weights_sum_to_zero_from_any_start(seed, classes, log_c):
    X, y = problem(seed, classes)
    model = SoftmaxRegression(C=10**log_c, solver="newton-cg", tol=1e-8, warm_start=True).fit(X, y)
    model.coef_ = model.coef_ + np.random.default_rng(seed).normal(size=3)  # equivalent weights that are not centered
    start = model.loss(X, y)
    model.fit(X, y)
    assert model.loss(X, y) < start
    np.testing.assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-5 * (1 + np.abs(model.coef_).max()))


@pytest.mark.claim("Chapter 8: the Fisher information is the covariance of the gradient", theorem="thm-08-fisher")
@settings(deadline=None, max_examples=15)
@given(seed=SEEDS, classes=st.integers(2, 4))
def test_fisher_information_is_the_covariance_of_the_gradient(seed, classes):
    X, y = problem(seed, classes, samples=6, features=2)
    model = SoftmaxRegression(C=0.5, tol=1e-3).fit(X, y)
    inputs, total = np.column_stack([X, np.ones(6)]), 0.0
    for row, p in zip(inputs, model.predict_proba(X), strict=True):  # exact expectation over all labels of a sample
        gradients = [np.outer(p - label, row).ravel() for label in np.eye(classes)]
        total = total + sum(chance * np.outer(g, g) for chance, g in zip(p, gradients, strict=True))
    np.testing.assert_allclose(model.fisher_information(X), total, atol=1e-12 * np.abs(total).max())


@pytest.mark.claim(r"Chapter 8: a prior shift adds $\log(\text{new}/\text{old})$ to the logits", theorem="thm-08-prior")
@given(
    seed=SEEDS,
    old=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    new=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
)
def test_prior_shift_moves_the_biases_only(seed, old, new):
    old, new = np.array(old) / sum(old), np.array(new) / sum(new)
    generator = np.random.default_rng(seed)
    means, x = generator.normal(size=(3, 2)), generator.normal(size=(20, 1, 2))
    densities = np.exp(-0.5 * ((x - means) ** 2).sum(-1))
    posterior = old * densities / (old * densities).sum(-1, keepdims=True)
    in_use = new * densities / (new * densities).sum(-1, keepdims=True)
    np.testing.assert_allclose(softmax(np.log(posterior) + np.log(new / old)), in_use, atol=1e-13)


@pytest.mark.claim(
    "Chapter 8: at the minimum the model's class frequencies are the data's, and moments differ by $w/C$"
)
@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, classes=st.integers(2, 4), log_c=st.floats(-2, 2))
def test_moments_at_the_minimum(seed, classes, log_c):
    X, y = problem(seed, classes)
    model = SoftmaxRegression(C=10**log_c, solver="newton-cg", tol=1e-8).fit(X, y)
    errors = model.predict_proba(X) - one_hot(y, classes)
    np.testing.assert_allclose(errors.sum(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(errors.T @ X, -model.coef_ / model.C, atol=1e-4)


@pytest.mark.claim("Chapter 8: a weaker penalty means larger weights and a smaller training loss")
@settings(deadline=None, max_examples=15)
@given(seed=SEEDS)
def test_the_path_is_monotone(seed):
    X, y = problem(seed, 3)
    fits = [SoftmaxRegression(C=C, tol=1e-8, solver="newton-cg").fit(X, y) for C in np.logspace(-3, 2, 8)]
    assert (np.diff([np.linalg.norm(fit.coef_) for fit in fits]) > 0).all()
    assert (np.diff([cross_entropy(X @ fit.coef_.T + fit.intercept_, y) for fit in fits]) < 0).all()


@pytest.mark.claim(r"Chapter 8: a penalty with a reference class costs $K\|w_r\|^2$ more than the centered one")
@given(seed=SEEDS, classes=st.integers(2, 6), reference=st.integers(0, 1))
def test_price_of_a_reference_class(seed, classes, reference):
    weights = np.random.default_rng(seed).normal(size=(classes, 4))
    weights -= weights.mean(axis=0)
    price = ((weights - weights[reference]) ** 2).sum()
    np.testing.assert_allclose(price, (weights**2).sum() + classes * (weights[reference] ** 2).sum(), rtol=1e-12)
