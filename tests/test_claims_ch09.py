"""What chapter 9 claims for all scores: properties, with optimizers, high precision and simulation as oracles."""

import itertools
import math

import mpmath
import numpy as np
import pytest
import scipy.optimize
import scipy.special
from hypothesis import assume, given
from hypothesis import strategies as st

from softmax_lib import (
    cross_entropy,
    entmax,
    entropy,
    gumbel_softmax,
    kl_divergence,
    logsumexp,
    softmax,
    softmax_vjp,
    sparsemax,
)

scores = st.lists(st.integers(-40, 40).map(lambda v: v / 8), min_size=2, max_size=8).map(np.array)  # ties happen
temperatures = st.floats(0.05, 20)
alphas = st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])
above_one = st.sampled_from([1.25, 1.5, 2.0, 3.0])
seeds = st.integers(0, 2**32 - 1)


def soft_maximum(z, T):
    return T * logsumexp(z / T)


def tsallis(p, alpha):
    if alpha == 1:
        return -entropy(p)
    return ((p**alpha).sum(-1) - 1) / (alpha * (alpha - 1))


def fenchel_young_loss(z, y, alpha):
    p = entmax(z, alpha)
    return p @ z - tsallis(p, alpha) + tsallis(y, alpha) - z @ y


def random_point(seed, size):
    """A distribution, now and then on the rim of the simplex."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(size, 0.7)) * (rng.random(size) < 0.8)
    return p / p.sum() if p.sum() else np.eye(size)[0]


@pytest.mark.claim(
    r"Chapter 9: $T\operatorname{lse}(z/T)$ lies between $\max z+T\log m$ (with $m$ scores tied for the first place) and $\max z+T\log K$",
    theorem="thm-09-bounds",
)
@given(scores, temperatures)
def test_soft_maximum_lies_between_its_bounds(z, T):
    m, K, top, rounding = (z == z.max()).sum(), len(z), z.max(), 1e-13 * (1 + abs(z).max() + 20 * T)
    value = soft_maximum(z, T)
    assert top + T * math.log(m) - rounding <= value <= top + T * math.log(K) + rounding
    if m < K:
        rest = T * (K - m) / m * math.exp(-(top - z[z < top]).min() / T)
        assert value - top - T * math.log(m) <= rest + rounding
    else:
        assert value == pytest.approx(top + T * math.log(K), abs=rounding)


@pytest.mark.claim("Chapter 9: both bounds are strict unless all scores are equal", theorem="thm-09-bounds")
@pytest.mark.parametrize("gap", [0.001, 1, 40, 400])
def test_the_bounds_are_strict_in_high_precision(gap):
    with mpmath.workdps(400):
        value = mpmath.log(1 + mpmath.exp(-gap))  # of the scores 0 and -gap
        assert 0 < value < mpmath.log(2)


@pytest.mark.claim(
    r"Chapter 9: $T\operatorname{lse}(z/T)$ rises with $T$ at the rate of softmax's entropy", theorem="thm-09-bounds"
)
@given(scores, st.floats(0.1, 10))
def test_soft_maximum_rises_with_entropy(z, T):
    step = 1e-4 * T
    slope = (soft_maximum(z, T + step) - soft_maximum(z, T - step)) / (2 * step)
    assert slope == pytest.approx(entropy(softmax(z / T)), abs=1e-5)


@pytest.mark.claim(
    r"Chapter 9: the mean score is $T\operatorname{lse}(z/T)-T\,H$, at most $\max z$ and within $T\log K$ of it",
    theorem="thm-09-mean",
)
@given(scores, temperatures)
def test_mean_score(z, T):
    p = softmax(z / T)
    assert p @ z == pytest.approx(soft_maximum(z, T) - T * entropy(p), abs=1e-11)
    assert z.max() - T * math.log(len(z)) - 1e-11 <= p @ z <= z.max() + 1e-11


@pytest.mark.claim(
    "Chapter 9: the mean score falls short of the maximum by at most $W((K-1)/e)$ at $T=1$, with Lambert's $W$"
)
@given(scores)
def test_worst_shortfall_of_the_mean_score(z):
    worst = scipy.special.lambertw((len(z) - 1) / math.e).real
    assert z.max() - softmax(z) @ z <= worst + 1e-12
    attained = np.append(0.0, np.full(len(z) - 1, -1 - worst))
    assert -softmax(attained) @ attained == pytest.approx(worst, abs=1e-12)


@pytest.mark.claim("Chapter 9: raising a score lowers the mean score exactly if it is more than 1 below it")
@given(scores, st.integers(0, 7))
def test_mean_score_is_not_monotone(z, k):
    k %= len(z)
    p, step = softmax(z), 1e-5 * np.eye(len(z))[k]
    slope = (softmax(z + step) @ (z + step) - softmax(z - step) @ (z - step)) / 2e-5
    assert slope == pytest.approx(p[k] * (1 + z[k] - p @ z), abs=1e-7)


@pytest.mark.claim(
    r"Chapter 9: softplus has the slope sigmoid, is within $\log2$ of $\max(x,0)$, and its odd part is $x/2$",
    theorem="thm-09-softplus",
)
@given(st.floats(-600, 600))
def test_softplus(x):
    softplus = logsumexp(np.array([x, 0.0]))
    assert max(x, 0) <= softplus <= max(x, 0) + math.log(2)
    assert softplus - logsumexp(np.array([-x, 0.0])) == pytest.approx(x, rel=1e-12, abs=1e-12)
    assert softmax([x, 0.0])[0] == pytest.approx(scipy.special.expit(x), rel=1e-13)
    with mpmath.workdps(50):
        slope = mpmath.diff(lambda u: mpmath.log(1 + mpmath.exp(u)), x) if abs(x) < 50 else None
    assert slope is None or float(slope) == pytest.approx(scipy.special.expit(x), rel=1e-9)


@pytest.mark.claim(
    r"Chapter 9: the $r$-norm of positive numbers $x$ lies between $\max x$ and $K^{1/r}\max x$, and its log is $T\operatorname{lse}(\log x/T)$ at $T=1/r$",
    theorem="thm-09-norm",
)
@given(scores, st.floats(1, 50))
def test_norm_is_a_soft_maximum(z, r):
    x = np.exp(z)
    norm = (x**r).sum() ** (1 / r)
    assert math.log(norm) == pytest.approx(soft_maximum(z, 1 / r), abs=1e-10)
    assert x.max() * (1 - 1e-12) <= norm <= len(z) ** (1 / r) * x.max() * (1 + 1e-12)
    step = 1e-6 * np.eye(len(z))[0]
    slope = (soft_maximum(z + step, 1 / r) - soft_maximum(z - step, 1 / r)) / 2e-6
    assert slope == pytest.approx(softmax(r * z)[0], abs=1e-6)


@pytest.mark.claim(
    "Chapter 9: a regularized argmax is shift invariant, continuous, keeps the order and ties, and its mean score is within $T$ times the height of its regularizer of the maximum",
    theorem="thm-09-regularized",
)
@given(scores, alphas, temperatures, st.floats(-50, 50))
def test_what_every_regularized_argmax_shares(z, alpha, T, shift):
    p, K = entmax(z / T, alpha), len(z)
    np.testing.assert_allclose(entmax((z + shift) / T, alpha), p, atol=1e-8)
    np.testing.assert_allclose(entmax((z + 1e-9) / T, alpha), p, atol=1e-6)
    order = np.argsort(z)
    assert np.all(np.diff(p[order]) >= -1e-12)
    assert np.all(abs(np.diff(p[order])[np.diff(z[order]) == 0]) <= 1e-12)
    lowest, highest = tsallis(np.full(K, 1 / K), alpha), 0.0
    value = p @ z - T * tsallis(p, alpha)
    slack = 1e-9 * (1 + T)
    assert z.max() - T * highest - slack <= value <= z.max() - T * lowest + slack
    assert p @ z >= z.max() - T * (highest - lowest) - slack


@pytest.mark.claim(
    r"Chapter 9: softmax maximizes $\langle p,z\rangle+H(p)$, and any other $p$ falls short by its KL divergence from softmax",
    theorem="thm-09-entropy",
)
@given(scores, seeds)
def test_softmax_is_the_entropic_argmax(z, seed):
    q = random_point(seed, len(z))
    assert q @ z + entropy(q) == pytest.approx(logsumexp(z) - kl_divergence(q, softmax(z)), abs=1e-10)


@pytest.mark.claim("Chapter 9: sorting finds the nearest distribution", theorem="thm-09-sparsemax")
@given(scores, seeds)
def test_sparsemax_is_the_nearest_distribution(z, seed):
    p, q = sparsemax(z), random_point(seed, len(z))
    assert p.sum() == pytest.approx(1, abs=1e-12)
    # every other distribution is further away, by at least its own distance to p
    assert ((q - z) ** 2).sum() >= ((p - z) ** 2).sum() + ((q - p) ** 2).sum() - 1e-10


@pytest.mark.claim("Chapter 9: sparsemax agrees with a solver of quadratic programs", theorem="thm-09-sparsemax")
@pytest.mark.parametrize("seed", range(5))
def test_sparsemax_agrees_with_a_solver(seed):
    z = np.random.default_rng(seed).normal(size=6)
    found = scipy.optimize.minimize(
        lambda p: ((p - z) @ (p - z) / 2, p - z), np.full(6, 1 / 6), jac=True, method="SLSQP", bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1}, options={"ftol": 1e-14},
    )  # fmt: skip
    np.testing.assert_allclose(sparsemax(z), found.x, atol=1e-6)


@pytest.mark.claim(
    r"Chapter 9: the ranks with $1+r\,z_{(r)}>\sum_{j\le r}z_{(j)}$ are those that sparsemax keeps",
    theorem="thm-09-sparsemax",
)
@given(scores)
def test_the_test_of_the_ranks(z):
    ranked = np.sort(z)[::-1]
    kept = 1 + np.arange(1, len(z) + 1) * ranked > np.cumsum(ranked)
    assert np.array_equal(kept, np.arange(len(z)) < kept.sum())
    threshold = (ranked[kept].sum() - 1) / kept.sum()
    np.testing.assert_allclose(np.maximum(z - threshold, 0), sparsemax(z), atol=1e-12)


@pytest.mark.claim(
    r"Chapter 9: entmax, a power of a threshold, maximizes $\langle p,z\rangle$ minus Tsallis' regularizer",
    theorem="thm-09-entmax",
)
@given(scores, above_one, seeds)
def test_entmax_is_the_tsallis_argmax(z, alpha, seed):
    p, q = entmax(z, alpha), random_point(seed, len(z))
    assert p @ z - tsallis(p, alpha) >= q @ z - tsallis(q, alpha) - 1e-9
    kept = p > 0
    threshold = (alpha - 1) * z[kept] - p[kept] ** (alpha - 1)
    assert np.ptp(threshold) < 1e-6
    assert np.all((alpha - 1) * z[~kept] <= threshold.max() + 1e-6)


@pytest.mark.claim(
    r"Chapter 9: entmax tends to softmax as $\alpha$ tends to 1, to argmax as $\alpha$ grows", theorem="thm-09-entmax"
)
@given(scores)
def test_the_ends_of_the_family(z):
    np.testing.assert_allclose(entmax(z, 1 + 1e-6), softmax(z), atol=1e-4)
    if (z == z.max()).sum() == 1:
        assert entmax(z, 100)[z.argmax()] > 1 - 1e-9


@pytest.mark.claim(
    "Chapter 9: a class is dropped exactly at its critical temperature; softmax drops none", theorem="thm-09-support"
)
@given(scores, above_one, temperatures)
def test_critical_temperatures(z, alpha, T):
    ranked, power = np.sort(z)[::-1], 1 / (alpha - 1)
    gaps = np.maximum(ranked[None, :] - ranked[:, None], 0)
    critical = (alpha - 1) * (gaps**power).sum(1) ** (1 / power)
    assert np.all(np.diff(critical) >= -1e-9)
    assume(np.all(abs(T - critical) > 1e-6 * (1 + critical)))
    assert np.array_equal(np.sort(entmax(z / T, alpha))[::-1] > 0, critical < T)
    with mpmath.workdps(30):
        assert all(mpmath.exp((v - z.max()) / T) > 0 for v in z)


@pytest.mark.claim("Chapter 9: below $T_2$ entmax is exactly argmax", theorem="thm-09-support")
@given(scores, above_one)
def test_one_hot_below_the_lowest_critical_temperature(z, alpha):
    assume((z == z.max()).sum() == 1)
    lead = z.max() - np.sort(z)[-2]
    assert np.array_equal(entmax(z / (0.999 * (alpha - 1) * lead), alpha), np.eye(len(z))[z.argmax()])


@pytest.mark.claim(
    "Chapter 9: a Fenchel–Young loss is not negative, zero exactly on target, and convex",
    theorem="thm-09-fenchel-young",
)
@given(scores, alphas, seeds)
def test_fenchel_young_losses(z, alpha, seed):
    y, other = random_point(seed, len(z)), np.random.default_rng(seed).normal(scale=3, size=len(z))
    loss = fenchel_young_loss(z, y, alpha)
    assert loss >= -1e-10
    assert fenchel_young_loss(z, entmax(z, alpha), alpha) == pytest.approx(0, abs=1e-10)
    if np.abs(entmax(z, alpha) - y).max() > 1e-3:
        assert loss > 1e-12
    middle = fenchel_young_loss((z + other) / 2, y, alpha)
    assert middle <= (loss + fenchel_young_loss(other, y, alpha)) / 2 + 1e-9


@pytest.mark.claim(
    "Chapter 9: the gradient of a Fenchel–Young loss is prediction minus target", theorem="thm-09-fenchel-young"
)
@given(scores, st.sampled_from([1.0, 1.25, 1.5, 2.0]), seeds)
def test_gradient_of_fenchel_young_losses(z, alpha, seed):
    y = random_point(seed, len(z))
    step = 1e-5 * np.random.default_rng(seed).normal(size=len(z))
    change = fenchel_young_loss(z + step, y, alpha) - fenchel_young_loss(z - step, y, alpha)
    assert change == pytest.approx(2 * (entmax(z, alpha) - y) @ step, abs=1e-8)


@pytest.mark.claim("Chapter 9: for softmax the loss is cross-entropy, for sparsemax a difference of squared distances")
@given(scores, st.integers(0, 7))
def test_two_known_losses(z, k):
    y = np.eye(len(z))[k % len(z)]
    assert fenchel_young_loss(z, y, 1.0) == pytest.approx(cross_entropy(z[None], y[None]), abs=1e-10)
    squares = ((y - z) ** 2).sum() - ((sparsemax(z) - z) ** 2).sum()
    assert fenchel_young_loss(z, y, 2.0) == pytest.approx(squares / 2, abs=1e-10)


@pytest.mark.claim(
    r"Chapter 9: entmax's loss is zero exactly from a margin of $1/(\alpha-1)$ on, cross-entropy never",
    theorem="thm-09-margin",
)
@given(scores, st.sampled_from([1.5, 2.0, 3.0]), st.integers(0, 7))
def test_margins(z, alpha, k):
    y = np.eye(len(z))[k % len(z)]
    margin = z[k % len(z)] - np.delete(z, k % len(z)).max()
    loss = fenchel_young_loss(z, y, alpha)
    if margin >= 1 / (alpha - 1):
        assert loss == pytest.approx(0, abs=1e-12)
    else:  # scores are multiples of 1/8, so a margin that is missed is missed by 1/8
        assert loss > 1e-6
    assert cross_entropy(z[None], y[None]) > 0


@pytest.mark.claim("Chapter 9: REINFORCE is unbiased for every baseline", theorem="thm-09-estimators")
@given(scores, st.floats(-10, 10), seeds)
def test_reinforce_is_unbiased(z, baseline, seed):
    p, cost = softmax(z), np.random.default_rng(seed).normal(size=len(z))
    mean = sum(p[k] * (cost[k] - baseline) * (np.eye(len(z))[k] - p) for k in range(len(z)))
    np.testing.assert_allclose(mean, softmax_vjp(p, cost), atol=1e-12)


@pytest.mark.claim(
    "Chapter 9: Gumbel-softmax tends to one-hot draws with the probabilities of softmax", theorem="thm-09-estimators"
)
def test_gumbel_softmax_tends_to_one_hot_draws():
    z, count = np.array([1.0, 0.2, -0.7]), 20_000
    draws = gumbel_softmax(z, temperature=1e-4, size=count, rng=0)
    assert (draws.max(-1) > 1 - 1e-6).mean() > 0.99
    error = np.sqrt(softmax(z) * (1 - softmax(z)) / count)
    assert np.all(abs(draws.mean(0) - softmax(z)) < 4 * error)  # fails for 1 correct seed in 5000


@pytest.mark.claim(
    "Chapter 9: the Gumbel-softmax gradient is unbiased for the relaxed cost", theorem="thm-09-estimators"
)
@pytest.mark.parametrize("T", [0.3, 1.0, 3.0])
def test_gradient_of_the_relaxed_cost(T):
    z, target, step = np.array([0.5, 0.0, -0.5]), np.array([0.5, 0.3, 0.2]), 1e-5
    noise = np.random.default_rng(9).gumbel(size=(500, 3))

    def relaxed_cost(z):
        return ((softmax((z + noise) / T) - target) ** 2).sum(-1).mean()

    soft = softmax((z + noise) / T)
    gradient = softmax_vjp(soft, 2 * (soft - target)).mean(0) / T
    for k, unit in enumerate(np.eye(3)):
        slope = (relaxed_cost(z + step * unit) - relaxed_cost(z - step * unit)) / (2 * step)
        assert slope == pytest.approx(gradient[k], abs=1e-7)


@pytest.mark.claim(
    "Chapter 9: the Plackett–Luce probabilities of all rankings sum to 1, the first place is a softmax draw"
)
@given(scores.filter(lambda z: len(z) <= 5))
def test_rankings(z):
    def probability(ranking):
        ordered = z[list(ranking)]
        return math.prod(softmax(ordered[i:])[0] for i in range(len(z)))

    table = {ranking: probability(ranking) for ranking in itertools.permutations(range(len(z)))}
    assert sum(table.values()) == pytest.approx(1, abs=1e-12)
    first = [sum(v for ranking, v in table.items() if ranking[0] == k) for k in range(len(z))]
    np.testing.assert_allclose(first, softmax(z), atol=1e-12)
