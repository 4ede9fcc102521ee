"""What chapter 7 claims for all logits, all samples and all sizes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import mp

from softmax_lib import cross_entropy, log_softmax, logsumexp, softmax, softmax_vjp

LOGITS = arrays(float, st.integers(2, 12), elements=st.floats(-300, 300))


@pytest.mark.claim("Chapter 7: log-softmax of log-softmax is log-softmax", theorem="thm-07-idempotent")
@given(LOGITS)
def test_log_softmax_is_idempotent(z):
    once = log_softmax(z)
    np.testing.assert_allclose(log_softmax(once), once, rtol=1e-14, atol=1e-13)


@pytest.mark.claim(
    r"Chapter 7: a double softmax has a ceiling of $e/(e+K-1)$ and a loss above $\log(1+(K-1)/e)$",
    theorem="thm-07-twice",
)
@given(LOGITS, st.integers(0, 11))
def test_double_softmax_has_a_ceiling(z, target):
    target %= len(z)
    others = len(z) - 1
    twice = softmax(softmax(z))
    assert twice.max() <= math.e / (math.e + others) * (1 + 1e-14)
    assert cross_entropy(softmax(z), target) >= math.log1p(others / math.e) - 1e-14


def test_the_ceiling_of_a_double_softmax_is_reached():
    assert softmax(softmax([800.0] + [0.0] * 9)).max() == pytest.approx(math.e / (math.e + 9), rel=1e-15)


@pytest.mark.claim("Chapter 7: with a temperature inside, the ceiling is $e^{1/T}/(e^{1/T}+K-1)$")
@given(LOGITS, st.floats(0.1, 10))
def test_ceiling_with_a_temperature(z, temperature):
    top = math.exp(1 / temperature)
    assert softmax(softmax(z) / temperature).max() <= top / (top + len(z) - 1) * (1 + 1e-13)


@pytest.mark.claim(
    r"Chapter 7: beyond a gap of $\log(1/\varepsilon)$ a clipped cross-entropy does not change", theorem="thm-07-clip"
)
@given(LOGITS, st.integers(0, 11), st.floats(1e-12, 0.4))
def test_a_clipped_loss_is_deaf_beyond_its_gap(z, target, epsilon):
    target %= len(z)
    if z.max() - z[target] > math.log(1 / epsilon):
        with mp.workdps(40):
            exact = [mp.exp(mp.mpf(float(v))) for v in z]
            assert exact[target] / mp.fsum(exact) < epsilon


@pytest.mark.claim(r"Chapter 7: the gradient of a double softmax is at most $\sqrt2\cdot2\max_kp_k(1-p_k)$")
@given(LOGITS, st.integers(0, 11))
def test_gradient_of_a_double_softmax_is_bounded(z, target):
    target %= len(z)
    p = softmax(z)
    gradient = softmax_vjp(p, softmax(p) - np.eye(len(z))[target])
    assert np.linalg.norm(gradient) <= math.sqrt(2) * 2 * np.max(p * (1 - p)) + 1e-15


@st.composite
def sampled(draw):
    size = draw(st.integers(2, 6))
    z = draw(arrays(float, size, elements=st.floats(-20, 20)))
    q = draw(arrays(float, size, elements=st.floats(0.01, 1)))
    return z, q / q.sum()


@pytest.mark.claim(
    "Chapter 7: the corrected sampled sum is unbiased and its logarithm is biased downwards", theorem="thm-07-sampled"
)
@given(sampled())
def test_sampled_sum_over_all_pairs_of_draws(problem):
    """Two draws, enumerated: the expectation is a finite sum, so no tolerance for luck is needed."""
    z, q = problem
    pairs = np.stack(np.meshgrid(np.arange(len(z)), np.arange(len(z))), -1).reshape(-1, 2)
    logs = logsumexp(z[pairs] - np.log(2 * q[pairs]), axis=-1)
    chance = q[pairs].prod(axis=1)
    assert logsumexp(logs + np.log(chance)) == pytest.approx(logsumexp(z), abs=1e-12)
    assert chance @ logs <= logsumexp(z) + 1e-12


@pytest.mark.claim(
    "Chapter 7: the log-probabilities of a softmax on $D$ features have rank at most $D+2$, and $D+1$ without bias",
    theorem="thm-07-bottleneck",
)
@given(st.integers(1, 4), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_softmax_bottleneck(features, bias, seed):
    draw = np.random.default_rng(seed)
    z = draw.normal(size=(20, features)) @ draw.normal(size=(features, 15)) + bias * draw.normal(size=15)
    assert np.linalg.matrix_rank(log_softmax(z), tol=1e-9) <= features + 1 + bias


@pytest.mark.claim("Chapter 7: with one feature and no bias at most two classes can win")
@given(arrays(float, st.integers(2, 10), elements=st.floats(-5, 5)))
def test_one_feature_has_two_winners(w):
    h = np.linspace(-3, 3, 60)  # 0 is not among them
    z = h[:, None] * w
    single = (z == z.max(axis=1, keepdims=True)).sum(axis=1) == 1
    assert len(np.unique(z[single].argmax(axis=1))) <= 2


@pytest.mark.claim("Chapter 7: two steps of a hierarchical softmax are one distribution over all classes")
@given(arrays(float, (3, 5), elements=st.floats(-50, 50)), arrays(float, 3, elements=st.floats(-50, 50)))
def test_hierarchical_softmax_sums_to_one(within, groups):
    every = log_softmax(groups)[:, None] + log_softmax(within)
    assert np.exp(every).sum() == pytest.approx(1, abs=1e-12)
