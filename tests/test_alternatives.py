"""sparsemax and entmax against a quadratic program, their optimality conditions, and each other."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import softmax_lib as sl

scores = hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-5, 5, width=32))
ALPHAS = [1.01, 1.2, 1.5, 1.7, 2, 3, 6]


def project_by_quadratic_programming(z):
    """The point of the simplex nearest to z, by a general optimizer."""
    result = scipy.optimize.minimize(
        lambda p: 0.5 * np.sum((p - z) ** 2),
        np.full(len(z), 1 / len(z)),
        jac=lambda p: p - z,
        bounds=[(0, 1)] * len(z),
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return result.x


@pytest.mark.claim("Chapter 9: sparsemax is the Euclidean projection onto the simplex", theorem="thm-09-sparsemax")
@pytest.mark.parametrize("seed", range(8))
def test_sparsemax_solves_the_quadratic_program(seed):
    z = np.random.default_rng(seed).normal(size=6)
    np.testing.assert_allclose(sl.sparsemax(z), project_by_quadratic_programming(z), atol=2e-7)


@pytest.mark.claim(
    r"Chapter 9: entmax maximizes $\langle p,z\rangle$ plus the Tsallis entropy over the simplex",
    theorem="thm-09-entmax",
)
@pytest.mark.parametrize("alpha", ALPHAS)
@settings(max_examples=40)
@given(z=scores)
def test_entmax_satisfies_the_optimality_conditions(alpha, z):
    p = sl.entmax(z, alpha)
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-14 * len(z))
    # Stationarity: z - p^(alpha-1) / (alpha-1) is one number on the support, and no smaller than z off it.
    level = z - p ** (alpha - 1) / (alpha - 1)
    support = p > 0
    multiplier = np.average(level[support], weights=p[support])
    weight = p[support] ** (2 - alpha) if alpha < 2 else 1  # how an error of the multiplier shows in p
    # Above 2, p is a root of the distance to the threshold: rounding the scores by eps moves p by that root of eps.
    tolerance = 1e-11 if alpha <= 2 else 4 * np.finfo(float).eps ** (1 / (alpha - 1))
    np.testing.assert_allclose((level[support] - multiplier) * weight, 0, atol=tolerance)
    assert (z[~support] <= multiplier + max(tolerance, 1e-9)).all()


def test_known_values():
    np.testing.assert_array_equal(sl.sparsemax([1.0, 0.5, -1.0]), [0.75, 0.25, 0])
    np.testing.assert_array_equal(sl.sparsemax([0.0, 0.0]), [0.5, 0.5])
    np.testing.assert_array_equal(sl.sparsemax([3.0, 1.0]), [1, 0])
    # Two classes with a gap of t: the roots of the probabilities are a + t/2 and a, and their squares sum to 1.
    t = 0.6
    a = (-t / 2 + np.sqrt(2 - t**2 / 4)) / 2
    np.testing.assert_allclose(sl.entmax15([t, 0.0]), [(a + t / 2) ** 2, a**2], rtol=1e-15)
    np.testing.assert_allclose(sl.entmax([0.2, 0.0], alpha=3), [0.7, 0.3], rtol=1e-14)


@pytest.mark.parametrize(("alpha", "closed_form"), [(1, sl.softmax), (1.5, sl.entmax15), (2, sl.sparsemax)])
def test_bisection_meets_the_closed_forms(alpha, closed_form):
    z = np.random.default_rng(0).normal(size=(20, 9)) * 2
    np.testing.assert_allclose(sl.entmax(z, alpha), closed_form(z), rtol=1e-15)
    near = sl.entmax(z, alpha + 1e-9)
    np.testing.assert_allclose(near, closed_form(z), atol=1e-6 if alpha == 1 else 1e-8)


@settings(max_examples=40)
@given(scores, st.floats(-100, 100))
def test_shift_order_and_sparsity(z, constant):
    for alpha in (1.5, 1.7, 2):
        p = sl.entmax(z, alpha)
        np.testing.assert_allclose(sl.entmax(z + constant, alpha), p, atol=1e-12)
        assert (np.diff(p[np.argsort(z)]) >= -1e-15).all()
        assert ((z > z.max() - 1 / (alpha - 1)) | (p == 0)).all()
    if len(z) > 1:
        assert (sl.sparsemax(z) > 0).sum() <= (sl.entmax15(z) > 1e-15).sum() + 1


@pytest.mark.claim("Chapter 9: the support shrinks to the argmax as the temperature falls")
def test_support_shrinks_as_the_temperature_falls():
    z = np.array([1.0, 0.8, 0.3, -0.5])
    sizes = [(sl.sparsemax(z / t) > 0).sum() for t in (10, 1.5, 0.3, 0.1)]
    assert sizes == [4, 3, 2, 1]
    assert (sl.softmax(z / 0.1) > 0).all()


def test_long_and_extreme_scores():
    z = np.random.default_rng(0).normal(size=100_000)
    for alpha in (1.5, 1.7, 2):
        assert sl.entmax(z, alpha).sum() == pytest.approx(1, abs=1e-13)
        np.testing.assert_array_equal(sl.entmax([1e308, -1e308, 0.0], alpha), [1, 0, 0])
        np.testing.assert_allclose(sl.entmax(np.full(7, 1e300), alpha), 1 / 7, rtol=1e-14)


@pytest.mark.parametrize("function", [sl.sparsemax, sl.entmax15, lambda z, axis=-1: sl.entmax(z, 1.3, axis)])
def test_axis_dtype_and_input(function):
    z = np.random.default_rng(0).normal(size=(3, 4, 5))
    before = z.copy()
    for axis in (0, 1, -1):
        p = function(z, axis=axis)
        np.testing.assert_array_equal(np.moveaxis(p, axis, -1), function(np.moveaxis(z, axis, -1)))
        np.testing.assert_allclose(p.sum(axis), 1, rtol=1e-14)
    np.testing.assert_array_equal(z, before)
    np.testing.assert_array_equal(function(z[0]), function(z)[0])
    assert function(z.astype(np.float32)).dtype == np.float32
    assert function(np.float16([0, 1])).dtype == np.float16
    assert function([0, 1]).dtype == np.float64
    assert function(np.zeros((0, 3))).shape == (0, 3)


def test_messages():
    for function in (sl.sparsemax, sl.entmax15, sl.entmax):
        with pytest.raises(ValueError, match="z must be finite"):
            function([0.0, -np.inf])
        with pytest.raises(ValueError, match=r"z needs at least one class along axis -1, got shape \(2, 0\)"):
            function(np.zeros((2, 0)))
        with pytest.raises(ValueError, match=r"got shape \(\)"):
            function(1.0)
        with pytest.raises(TypeError, match="z must hold real numbers"):
            function([1j])
    for alpha in (0.5, np.inf, np.nan, [1, 2]):
        with pytest.raises(ValueError, match="alpha must be a number from 1"):
            sl.entmax([0.0, 1.0], alpha)
