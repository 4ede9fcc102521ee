"""What chapter 3 states for all scores: each theorem as a property, against independent oracles."""

import math

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.special
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmax_lib import (
    OnlineLogSumExp,
    entropy,
    log_softmax,
    logsumexp,
    online_logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
)

# Multiples of 2^-20: differences and shifts of such scores are exact, so that only softmax is on trial.
score = st.integers(-(2**24), 2**24).map(lambda n: n / 2**20)
scores = st.integers(2, 8).flatmap(lambda size: arrays(float, size, elements=score))
positive = st.floats(0.01, 1.0)
EPSILON = np.finfo(float).eps


def centered_log_ratio(p):
    return np.log(p) - np.log(p).mean()


def largest_eigenvalue(p):
    return np.linalg.eigvalsh(softmax_jacobian(p))[-1]


@pytest.mark.claim("Chapter 3: the image of softmax is the open simplex", theorem="thm-03-image")
@given(scores, st.lists(positive, min_size=2, max_size=8))
def test_image_is_the_open_simplex(z, weights):
    p = softmax(z)
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1, abs=8 * EPSILON)
    target = np.array(weights) / sum(weights)
    np.testing.assert_allclose(softmax(np.log(target)), target, rtol=1e-14)


@pytest.mark.claim(
    "Chapter 3: two score vectors have the same softmax exactly when they differ by a constant vector",
    theorem="thm-03-fibers",
)
@given(scores, score, st.integers(0, 7))
def test_fibers_are_lines_along_one(z, c, k):
    np.testing.assert_allclose(softmax(z + c), softmax(z), rtol=1e-14)
    other = z.copy()
    other[k % len(z)] += 0.01  # not a constant vector
    assert not np.allclose(softmax(other), softmax(z), rtol=1e-9, atol=0)


@pytest.mark.claim(
    "Chapter 3: the centered log-ratio inverts softmax up to the mean of the scores", theorem="thm-03-fibers"
)
@given(scores)
def test_centered_log_ratio_is_the_inverse(z):
    np.testing.assert_allclose(centered_log_ratio(softmax(z)), z - z.mean(), atol=1e-13)
    np.testing.assert_allclose(softmax(centered_log_ratio(softmax(z))), softmax(z), rtol=1e-12)


@pytest.mark.claim("Chapter 3: softmax is scale invariant for constant score vectors only", theorem="thm-03-scale")
@given(scores, st.sampled_from([0.25, 0.5, 2.0, 3.0]))
def test_not_scale_invariant(z, factor):
    same = np.allclose(softmax(factor * z), softmax(z), rtol=1e-9, atol=0)
    assume(np.ptp(z) == 0 or np.ptp(z) > 1e-6)
    assert same == (np.ptp(z) == 0)


@pytest.mark.claim(
    "Chapter 3: softmax keeps the order of the scores and commutes with renaming classes", theorem="thm-03-order"
)
@given(scores, st.randoms())
def test_order_and_names(z, random):
    p = softmax(z)
    differences = np.subtract.outer(z, z)
    apart = np.abs(differences) > 1e-12
    assert (np.sign(np.subtract.outer(p, p))[apart] == np.sign(differences)[apart]).all()
    names = random.sample(range(len(z)), len(z))
    np.testing.assert_allclose(softmax(z[names]), p[names], rtol=1e-14)


@pytest.mark.claim(
    "Chapter 3: raising one score divides all other probabilities by one and the same number", theorem="thm-03-order"
)
@given(scores, st.integers(0, 7), st.floats(0.01, 5))
def test_raising_one_score(z, k, h):
    k %= len(z)
    p, raised = softmax(z), softmax(z + h * np.eye(len(z))[k])
    assert raised[k] >= p[k]
    np.testing.assert_allclose(np.delete(p / raised, k), 1 + p[k] * math.expm1(h), rtol=1e-12)


@pytest.mark.claim("Chapter 3: softmax of two scores is the sigmoid of their difference", theorem="thm-03-sigmoid")
@given(score, score)
def test_two_classes_are_the_sigmoid(a, b):
    expected = [scipy.special.expit(a - b), scipy.special.expit(b - a)]
    np.testing.assert_allclose(softmax(np.array([a, b])), expected, rtol=1e-14)


@pytest.mark.claim(
    "Chapter 3: the cold limit is reached exponentially fast, between the two bounds of the theorem",
    theorem="thm-03-limits",
)
@given(arrays(float, 6, elements=st.integers(-6, 6).map(float)), st.floats(0.05, 50))
def test_cold_limit(z, temperature):
    assume(np.ptp(z) > 0)
    winners = z == z.max()
    m, gap = winners.sum(), z.max() - z[~winners].max()
    distance = np.abs(softmax(z / temperature) - winners / m).sum()
    decay = math.exp(-gap / temperature)
    assert 2 / 6 * decay - 1e-15 <= distance <= 2 * (6 - m) / m * decay + 1e-15


@pytest.mark.claim(
    "Chapter 3: the hot limit is reached like $1/T$, and its straight line like $1/T^2$", theorem="thm-03-limits"
)
@given(scores, st.floats(0.05, 1000))
def test_hot_limit(z, temperature):
    p, size, spread = softmax(z / temperature), len(z), np.ptp(z)
    line = (1 + (z - z.mean()) / temperature) / size
    assert np.abs(p - 1 / size).sum() <= spread / (2 * temperature) + 1e-14
    assert np.abs(p - line).sum() <= spread**2 / (4 * temperature**2) + 1e-13 * (1 + spread / temperature)


@pytest.mark.claim(
    r"Chapter 3: the entropy of $\sigma(z/T)$ grows with $T$, with slope $-\beta\operatorname{Var}_p(z)$ in $\beta=1/T$"
)
@given(scores, st.floats(0.05, 3))
def test_entropy_grows_with_temperature(z, beta):
    p = softmax(beta * z)
    slope = (entropy(softmax((beta + 1e-5) * z)) - entropy(softmax((beta - 1e-5) * z))) / 2e-5
    assert slope == pytest.approx(-beta * (p @ (z - p @ z) ** 2), rel=1e-4, abs=1e-6)


@pytest.mark.claim(r"Chapter 3: the Jacobian of softmax is $\operatorname{diag}(p)-pp^\top$", theorem="thm-03-jacobian")
@given(scores)
def test_jacobian_is_the_derivative(z):
    step = 1e-5
    columns = [(softmax(z + step * e) - softmax(z - step * e)) / (2 * step) for e in np.eye(len(z))]
    np.testing.assert_allclose(softmax_jacobian(softmax(z)), np.transpose(columns), atol=1e-9)


@pytest.mark.claim(
    "Chapter 3: the Jacobian is symmetric, positive semidefinite, a covariance, and maps to vectors of sum zero",
    theorem="thm-03-structure",
)
@given(scores, st.data())
def test_jacobian_is_a_covariance(z, data):
    p = softmax(z)
    v = data.draw(arrays(float, len(z), elements=score))
    J = softmax_jacobian(p)
    np.testing.assert_array_equal(J, J.T)
    size = max(1, np.abs(v).max())
    assert v @ J @ v == pytest.approx(p @ (v - p @ v) ** 2, abs=1e-13 * size**2)
    assert np.linalg.eigvalsh(J)[0] >= -1e-15
    assert abs((J @ v).sum()) <= 1e-14 * size


@pytest.mark.claim(
    "Chapter 3: the Jacobian has rank $K-1$, and the vector of ones spans its null space", theorem="thm-03-structure"
)
@given(arrays(float, st.integers(2, 8), elements=st.floats(-3, 3)))
def test_rank_and_null_vector(z):
    J = softmax_jacobian(softmax(z))
    np.testing.assert_allclose(J @ np.ones(len(z)), 0, atol=1e-16)
    assert np.linalg.eigvalsh(J)[1] > 1e-4  # at least the smallest probability: e^-6 / 8 and more


@pytest.mark.claim(
    r"Chapter 3: the largest eigenvalue of the Jacobian lies between $p(1-p)$ and $2p(1-p)\le\frac12$, with $p$ the largest probability",
    theorem="thm-03-half",
)
@given(scores)
def test_largest_eigenvalue_is_at_most_one_half(z):
    p = softmax(z)
    top, slope = p.max(), largest_eigenvalue(p)
    # 1 − p, from the other entries: the difference itself has lost its digits when p is nearly 1.
    rest = np.delete(p, p.argmax()).sum()
    assert top * rest * (1 - 1e-12) - 1e-17 <= slope + 1e-16
    assert slope <= 2 * top * rest + 1e-15
    assert slope <= 0.5 + 1e-15


@pytest.mark.claim(
    r"Chapter 3: the eigenvalue ½ is attained at (½, ½), and for $K\ge3$ approached but not reached",
    theorem="thm-03-half",
)
@pytest.mark.parametrize("size", [2, 3, 10])
def test_one_half_is_the_right_constant(size):
    values = [largest_eigenvalue(softmax(np.array([t, t] + [0.0] * (size - 2)))) for t in (1.0, 5.0, 12.0)]
    if size == 2:
        np.testing.assert_allclose(values, 0.5, rtol=1e-15)
    else:
        assert values[0] < values[1] < values[2] < 0.5
        assert values[2] > 0.4999


@pytest.mark.claim(
    "Chapter 3: softmax at temperature $T$ divides Euclidean distances by at least $2T$, and largest-entry distances too",
    theorem="thm-03-half",
)
@given(st.integers(2, 8).flatmap(lambda size: arrays(float, (2, size), elements=score)), st.integers(-4, 4))
def test_lipschitz_constant(pair, power):
    z, w = pair / 2.0**power  # at the temperature 2^power, where the division is exact
    moved, step = softmax(z) - softmax(w), z - w
    assert np.linalg.norm(moved) <= np.linalg.norm(step) / 2 + 1e-15
    assert np.abs(moved).max() <= np.abs(step).max() / 2 + 1e-15


@pytest.mark.claim("Chapter 3: no Lipschitz constant below ½ holds; ¼ does not", theorem="thm-03-half")
def test_a_quarter_is_refuted():
    z, w = np.array([0.1, -0.1]), np.array([-0.1, 0.1])
    stretch = np.linalg.norm(softmax(z) - softmax(w)) / np.linalg.norm(z - w)
    assert stretch == pytest.approx(math.tanh(0.1) / 0.2)
    assert stretch > 0.49


@pytest.mark.claim("Chapter 3: products with the Jacobian need no matrix, and JVP and VJP are the same function")
@given(scores, st.data())
def test_products_without_the_matrix(z, data):
    p = softmax(z)
    v = data.draw(arrays(float, len(z), elements=score))
    size = max(1, np.abs(v).max())
    np.testing.assert_allclose(softmax_jvp(p, v), softmax_jacobian(p) @ v, atol=1e-14 * size)
    np.testing.assert_array_equal(softmax_vjp(p, v), softmax_jvp(p, v))


@pytest.mark.claim(
    r"Chapter 3: with three classes the eigenvalues are 0 and $\frac12\big(t\pm\sqrt{t^2-12\,p_1p_2p_3}\big)$, where $t=1-\sum_kp_k^2$"
)
@given(arrays(float, 3, elements=st.floats(-4, 4)))
def test_three_eigenvalues(z):
    p = softmax(z)
    t = 1 - p @ p
    a, b, c = p[0] * p[1], p[1] * p[2], p[2] * p[0]
    root = math.sqrt(2 * ((a - b) ** 2 + (b - c) ** 2 + (c - a) ** 2))  # the same, without cancellation
    np.testing.assert_allclose(np.linalg.eigvalsh(softmax_jacobian(p)), [0, (t - root) / 2, (t + root) / 2], atol=1e-14)


@pytest.mark.claim(
    r"Chapter 3: the temperature path is the flow line of the field $J(p)\,z$ from the center", theorem="thm-03-flow"
)
@given(arrays(float, 4, elements=st.floats(-3, 3)))
def test_temperature_path_is_a_flow_line(z):
    walk = scipy.integrate.solve_ivp(
        lambda _, p: softmax_jvp(p, z), (0, 1), np.full(4, 0.25), rtol=1e-9, atol=1e-11, dense_output=True
    )
    for beta in (0.3, 1.0):
        np.testing.assert_allclose(walk.sol(beta), softmax(beta * z), atol=1e-5)


@pytest.mark.claim("Chapter 3: exponentials of float16, float32 and float64 overflow above 11.09, 88.72 and 709.78")
@pytest.mark.parametrize(("dtype", "edge"), [(np.float16, 11.09), (np.float32, 88.72), (np.float64, 709.78)])
def test_edges_of_the_formats(dtype, edge):
    assert math.log(float(np.finfo(dtype).max)) == pytest.approx(edge, abs=0.005)
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(dtype(edge - 0.01)))
        assert np.isinf(np.exp(dtype(edge + 0.01)))


@pytest.mark.claim(
    "Chapter 3: `softmax_lib` answers without nan, in every format, where the plain formula overflows",
    theorem="thm-03-shift",
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(st.integers(2, 8).flatmap(lambda size: arrays(float, size, elements=st.floats(-1, 1))))
def test_never_overflows(dtype, z):
    large = (z * float(np.finfo(dtype).max) * 0.99).astype(dtype)
    p = softmax(large)
    assert np.isfinite(p).all()
    assert float(p.sum(dtype=float)) == pytest.approx(1, abs=16 * float(np.finfo(dtype).eps))


@pytest.mark.claim(
    "Chapter 3: rounding errors of the plain and the shifted formula stay within $(K+2)u$ and $(K+2+(m-z_k)+R)u$, up to terms in $u^2$",
    theorem="thm-03-rounding",
)
@given(st.integers(2, 12).flatmap(lambda size: arrays(np.float16, size, elements=st.floats(-3, 3, width=16))))
def test_rounding_bounds_in_float16(z):
    u, size = 2.0**-11, len(z)
    exact = softmax(z.astype(float))
    gap = (z.max() - z).astype(float)
    for scores_, bound in [(z, size + 2), (z - z.max(), size + 2 + gap + gap.max())]:
        exps = np.exp(scores_.astype(float)).astype(np.float16)  # correctly rounded
        total = np.float16(0)
        for value in exps:
            total = np.float16(total + value)
        error = np.abs((exps / total).astype(float) / exact - 1)
        assert (error <= bound * u * (1 + bound * u)).all()  # the O(u²) of the theorem


@pytest.mark.claim(
    "Chapter 3: for two to ten scores in float64 the error of `softmax_lib` is at most 4 ulp, whatever their range"
)
@given(st.integers(2, 10).flatmap(lambda size: arrays(float, size, elements=st.floats(-1, 1))), st.floats(0, 700))
def test_ulp_error_of_the_library(direction, reach):
    z = direction * reach / 2
    with mpmath.workprec(140):
        exps = [mpmath.exp(value) for value in z.tolist()]
        total = mpmath.fsum(exps)
        for value, e in zip(softmax(z).tolist(), exps, strict=True):
            truth = e / total
            assert abs(value - truth) <= 4 * mpmath.mpf(np.spacing(float(truth)))


@pytest.mark.claim("Chapter 3: `log_softmax` and `logsumexp` keep the digits of a confident row, at every lead")
@given(st.floats(0, 700), st.floats(0, 20))
def test_logarithm_of_a_confident_row(lead, second):
    z = np.array([0.0, -lead, -lead - second])
    with mpmath.workprec(140):
        rest = mpmath.exp(float(z[1])) + mpmath.exp(float(z[2]))
        truth = float(mpmath.log1p(rest))
    assert -log_softmax(z)[0] == pytest.approx(truth, rel=1e-13, abs=0)
    assert logsumexp(z) == pytest.approx(truth, rel=1e-13, abs=0)


@pytest.mark.claim(
    "Chapter 3: states (maximum, sum) merge associatively, commutatively, with a neutral element",
    theorem="thm-03-merge",
)
@given(st.lists(arrays(float, st.integers(0, 5), elements=st.floats(-1e4, 1e4)), min_size=3, max_size=3))
def test_states_form_a_commutative_monoid(chunks):
    a, b, c = (OnlineLogSumExp().update(chunk) for chunk in chunks)
    empty = OnlineLogSumExp()

    def same(left, right):
        assert left.max == right.max
        assert left.sum == pytest.approx(right.sum, rel=1e-14)

    same((a + b) + c, a + (b + c))
    same(a + b, b + a)
    same(a + empty, a)
    same(empty + a, a)


@pytest.mark.claim(
    "Chapter 3: one pass in chunks of any size gives the log-sum-exp of the whole", theorem="thm-03-merge"
)
@given(arrays(float, st.integers(1, 60), elements=st.floats(-1e4, 1e4)), st.integers(1, 60))
def test_one_pass_in_chunks(z, size):
    state = online_logsumexp(z[start : start + size] for start in range(0, len(z), size))
    assert state.value == pytest.approx(logsumexp(z), rel=1e-14, abs=1e-14)
    assert state.max == z.max()
    np.testing.assert_allclose(np.exp(z - state.max) / state.sum, softmax(z), rtol=1e-10, atol=1e-300)
