"""What chapter 6 claims for all scores: properties, with differentiation, simulation and direct search as oracles."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from softmax_lib import (
    Categorical,
    TemperatureScaler,
    brier_score,
    cross_entropy,
    cross_entropy_gradient,
    entropy,
    expected_calibration_error,
    kl_divergence,
    logsumexp,
    one_hot,
    softmax,
    softmax_jacobian,
    softmax_vjp,
)

scores = st.lists(st.floats(-12, 12), min_size=2, max_size=7).map(np.array)
seeds = st.integers(0, 2**32 - 1)


def distribution(seed, size, least=0.0):
    """A distribution, now and then with entries that are nearly 0, though hardly below `least`."""
    rng = np.random.default_rng(seed)
    p = np.maximum(rng.dirichlet(np.full(size, rng.choice([0.2, 1.0, 5.0])) + 1e-3), least)
    return p / p.sum()


@pytest.mark.claim(
    r"Chapter 6: when a wrong class has probability $1-\varepsilon$, cross-entropy pulls with at least $2(1-\varepsilon)$ and squared error with at most $4\varepsilon$",
    theorem="thm-06-squared",
)
@given(scores, st.integers(0, 6))
def test_squared_error_lets_go_of_what_is_badly_wrong(z, target):
    target %= len(z)
    p, y = softmax(z), one_hot(target, len(z))
    rival = max(p[k] for k in range(len(z)) if k != target)
    slack = 1e-12
    assert np.abs(cross_entropy_gradient(z, target)).sum() >= 2 * rival - slack
    assert np.abs(softmax_vjp(p, p - y)).sum() <= 4 * (1 - rival) + slack


@pytest.mark.claim("Chapter 6: the gradient of squared error through softmax is the Jacobian times $p-y$")
def test_gradient_of_squared_error_in_high_precision():
    z, target = [0.7, -1.1, 0.4], 2
    p = softmax(z)

    def loss(*u):
        total = mpmath.fsum(mpmath.exp(v) for v in u)
        return mpmath.fsum((mpmath.exp(v) / total - (k == target)) ** 2 for k, v in enumerate(u)) / 2

    with mpmath.workdps(40):
        slopes = [float(mpmath.diff(loss, z, tuple(int(j == k) for j in range(3)))) for k in range(3)]
    np.testing.assert_allclose(softmax_jacobian(p) @ (p - one_hot(target, 3)), slopes, atol=1e-14)


@pytest.mark.claim(
    "Chapter 6: sigmoids estimate how often a label is present, softmax its mean share", theorem="thm-06-sigmoids"
)
@given(seeds, st.integers(2, 4))
def test_what_sigmoids_and_softmax_estimate(seed, size):
    sets = np.array([[(s >> k) & 1 for k in range(size)] for s in range(1, 2**size)])
    weight = distribution(seed, len(sets))
    present = weight @ sets
    share = weight @ (sets / sets.sum(axis=1, keepdims=True))
    rng = np.random.default_rng(seed)

    def sigmoid_loss(s):
        s = np.clip(s, 1e-12, 1 - 1e-12)
        return weight @ -(sets * np.log(s) + (1 - sets) * np.log(1 - s)).sum(axis=1)

    def softmax_loss(q):
        return weight @ cross_entropy(
            np.tile(np.log(q), (len(sets), 1)), sets / sets.sum(axis=1, keepdims=True), reduction="none"
        )

    for _ in range(5):
        assert sigmoid_loss(present) <= sigmoid_loss(rng.random(size)) + 1e-9
        assert softmax_loss(share) <= softmax_loss(distribution(int(rng.integers(2**31)), size)) + 1e-9
    assert np.all(share <= present + 1e-12)


def code_words(lengths):
    """Binary fractions side by side, longest interval first: the words of the proof."""
    start, words = 0, []
    deepest = int(max(lengths))
    for length in sorted(int(v) for v in lengths):
        assert start % 2 ** (deepest - length) == 0
        words.append(format(start >> (deepest - length), f"0{length}b") if length else "")
        start += 2 ** (deepest - length)
    assert start <= 2**deepest
    return words


@pytest.mark.claim(
    r"Chapter 6: a prefix code for $q$ costs at least $H(p)+\mathrm{KL}(p\,\|\,q)$ bits and less than one more; none costs less than $H(p)$",
    theorem="thm-06-coding",
)
@given(seeds, seeds, st.integers(2, 8))
def test_code_lengths(seed, other, size):
    p, q = distribution(seed, size), distribution(other, size, least=1e-9)
    lengths = np.ceil(-np.log2(q))
    words = sorted(code_words(lengths))
    assert all(not b.startswith(a) for a, b in pairwise(words))
    bits = (entropy(p) + kl_divergence(p, q)) / math.log(2)
    assert bits - 1e-9 <= p @ lengths < bits + 1 + 1e-9
    assert p @ lengths >= entropy(p) / math.log(2) - 1e-9


@pytest.mark.claim(
    "Chapter 6: the log score and the Brier score are strictly proper; the 0–1 error is proper and not strictly so",
    theorem="thm-06-proper",
)
@given(seeds, seeds, st.integers(2, 7))
def test_proper_scores(seed, other, size):
    p, q = distribution(seed, size), distribution(other, size, least=1e-12)
    surplus = p @ -np.log(q) - entropy(p)
    assert surplus == pytest.approx(kl_divergence(p, q), abs=1e-9)
    assert surplus >= 0.5 * np.abs(p - q).sum() ** 2 - 1e-9  # Pinsker: positive unless q = p
    expected = sum(p[k] * brier_score(q, k) for k in range(size))
    honest = sum(p[k] * brier_score(p, k) for k in range(size))
    assert expected - honest == pytest.approx(((q - p) ** 2).sum(), abs=1e-12)
    assert 1 - p[q.argmax()] >= 1 - p[p.argmax()]
    louder = softmax(5 * np.log(q))
    assert louder.argmax() == q.argmax()


@pytest.mark.claim("Chapter 6: one minus the probability of the outcome is improper")
@given(seeds, st.integers(2, 7))
def test_the_linear_score_rewards_certainty(seed, size):
    p = distribution(seed, size)
    assert 1 - p.max() <= 1 - p @ p


@pytest.mark.claim(
    "Chapter 6: at the fitted temperature the expected score equals the true score on average, and no prediction changes",
    theorem="thm-06-temperature",
)
@given(seeds, st.floats(0.2, 5))
def test_temperature_scaling(seed, boast):
    rng = np.random.default_rng(seed)
    true_logits = 2 * rng.normal(size=(80, 4))
    labels = Categorical(true_logits).sample(rng=rng)
    logits = boast * true_logits
    wrong = logits.argmax(axis=1) != labels
    centered = logits - logits.mean(axis=1, keepdims=True)
    assume(wrong.any() and centered[np.arange(80), labels].mean() > 0.01 * boast)
    scaler = TemperatureScaler().fit(logits, labels)
    p = scaler.predict_proba(logits)
    expected, true = (p * logits).sum(axis=1).mean(), logits[np.arange(80), labels].mean()
    assert expected == pytest.approx(true, abs=1e-6 * boast)
    assert np.array_equal(p.argmax(axis=1), logits.argmax(axis=1))
    betas = np.linspace(0.05, 3, 30) / scaler.temperature_
    losses = [cross_entropy(beta * logits, labels) for beta in betas]
    assert np.all(np.diff(losses, 2) >= -1e-10)


@pytest.mark.claim(r"Chapter 6: a perfect forecaster has a positive expected ECE, at most of the order $1/\sqrt n$")
def test_ece_of_a_perfect_forecaster():
    rng = np.random.default_rng(0)
    for n in (100, 400, 1600):
        errors = []
        for _ in range(200):
            p = np.tile([0.8, 0.2], (n, 1))
            errors.append(expected_calibration_error(p, (rng.random(n) > 0.8).astype(int)))
        bound = math.sqrt(0.8 * 0.2 / n)
        assert 0 < np.mean(errors) < bound
        assert np.mean(errors) == pytest.approx(math.sqrt(2 / math.pi) * bound, rel=0.2)  # 4 standard errors


@pytest.mark.claim(
    "Chapter 6: along a ray a one-hidden-layer ReLU network gets certain exponentially fast, unless two classes tie in slope for the first place",
    theorem="thm-06-far",
)
@given(seeds)
def test_certainty_at_the_end_of_the_ray(seed):
    rng = np.random.default_rng(seed)
    A, a, V, b = rng.normal(size=(3, 6)), rng.normal(size=6), rng.normal(size=(6, 4)), rng.normal(size=4)
    x0, d = rng.normal(size=3), rng.normal(size=3)
    u, v = x0 @ A + a, d @ A
    t0, on = np.max(np.abs(u / v)), v > 0
    slope, offset = v[on] @ V[on], u[on] @ V[on] + b
    j = slope.argmax()
    others = np.arange(4) != j
    delta = slope[j] - slope[others].max() if on.any() else 0.0
    assume(delta > 0)
    for t in (t0, 2 * t0 + 1, 10 * t0 + 10):
        z = np.maximum((x0 + t * d) @ A + a, 0) @ V + b
        np.testing.assert_allclose(z, offset + t * slope, rtol=1e-7, atol=1e-7 * (1 + t))
        rest = logsumexp(z[others]) - logsumexp(z)
        bound = math.log(3) + np.max(offset[others] - offset[j]) - delta * t
        assert rest <= bound + 1e-8 * (1 + t + abs(bound))


@pytest.mark.claim(
    "Chapter 6: a product of two independent standardized vectors of length $d$ has variance $d$",
    theorem="thm-06-attention",
)
@pytest.mark.parametrize("d", [1, 4, 64])
@pytest.mark.parametrize("law", ["normal", "signs"])
def test_variance_of_a_scalar_product(d, law):
    rng = np.random.default_rng(d)
    draw = rng.normal if law == "normal" else lambda size: rng.choice([-1.0, 1.0], size)
    products = (draw(size=(100_000, d)) * draw(size=(100_000, d))).sum(axis=1)
    assert abs(products.mean()) < 5 * math.sqrt(d / 100_000)
    assert products.var() / d == pytest.approx(1, abs=0.05)  # the worst case has kurtosis 9: five standard errors


@pytest.mark.claim(
    r"Chapter 6: the gradient of the expected reward is $\mathbb E[(r_a-\beta)(e_a-p)]$ for every baseline $\beta$",
    theorem="thm-06-reinforce",
)
@given(scores, seeds, st.floats(-20, 20))
def test_reinforce(z, seed, baseline):
    p, r = softmax(z), np.random.default_rng(seed).normal(size=len(z))
    expected = sum(p[k] * (r[k] - baseline) * (one_hot(k, len(z)) - p) for k in range(len(z)))
    np.testing.assert_allclose(expected, p * (r - p @ r), atol=1e-12)
    step = 1e-6 * np.eye(len(z))
    slopes = [(softmax(z + e) @ r - softmax(z - e) @ r) / 2e-6 for e in step]
    np.testing.assert_allclose(slopes, p * (r - p @ r), atol=1e-8)


@pytest.mark.claim("Chapter 6: distillation at high temperature matches centered logits")
@given(seeds, st.integers(2, 8))
def test_distillation_at_high_temperature(seed, size):
    rng = np.random.default_rng(seed)
    z, v, T = rng.normal(size=size), rng.normal(size=size), 1e4
    limit = ((z - z.mean()) - (v - v.mean())) / size
    np.testing.assert_allclose(T * cross_entropy_gradient(z / T, softmax(v / T)), limit, atol=2e-2 / T**0.5)
