"""What chapter 2 says about all inputs: five roads to softmax, and the divergences that tie them together."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from softmax_lib import (
    Categorical,
    SoftmaxClassifier,
    cross_entropy,
    entropy,
    gumbel_max_sample,
    kl_divergence,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
)

numbers = st.floats(-8, 8)
temperatures = st.floats(0.2, 5)


def scores(size=None):
    """Vectors of 2 to 6 scores, or of `size` scores."""
    return st.lists(numbers, min_size=size or 2, max_size=size or 6).map(np.array)


@st.composite
def scores_and_distribution(draw):
    """Scores, and an arbitrary distribution over the same classes (some of its entries may be zero)."""
    z = draw(scores())
    weights = np.array(draw(st.lists(st.floats(0, 1), min_size=len(z), max_size=len(z))))
    assume(weights.sum() > 1e-3)
    return z, weights / weights.sum()


pairs = st.integers(2, 6).flatmap(lambda size: st.tuples(scores(size), scores(size)))


# ---------------------------------------------------------------- counts and information


@pytest.mark.claim(
    r"Chapter 2: the log-likelihood of draws with counts $n$ is $\langle n,z\rangle-N\operatorname{lse}(z)$"
)
@given(scores(), st.integers(0, 2**32 - 1))
def test_likelihood_of_counts(z, seed):
    draws = np.random.default_rng(seed).integers(len(z), size=40)
    counts = np.bincount(draws, minlength=len(z))
    expected = counts @ z - 40 * logsumexp(z)
    assert log_softmax(z)[draws].sum() == pytest.approx(expected, rel=1e-12, abs=1e-10)
    assert Categorical(z).log_prob(draws).sum() == pytest.approx(expected, rel=1e-12, abs=1e-10)


@pytest.mark.claim("Chapter 2: maximum likelihood reproduces the observed frequencies")
@given(st.lists(st.integers(1, 1000), min_size=2, max_size=6).map(np.array), scores(6))
def test_maximum_likelihood_is_the_frequencies(counts, z):
    frequencies = counts / counts.sum()
    best = frequencies @ log_softmax(np.log(frequencies))
    assert best == pytest.approx(-entropy(frequencies), abs=1e-12)
    assert frequencies @ log_softmax(z[: len(counts)]) <= best + 1e-12


@pytest.mark.claim(r"Chapter 2: $\log Z$ of two independent systems adds")
@given(scores(), scores())
def test_log_partition_functions_add(u, v):
    assert logsumexp(u[:, None] + v) == pytest.approx(logsumexp(u) + logsumexp(v), rel=1e-13, abs=1e-13)


@pytest.mark.claim(
    r"Chapter 2: $\mathrm{KL}(p\,\|\,q)\ge0$, with equality only for $p=q$; cross-entropy is entropy plus KL",
    theorem="thm-02-gibbs-inequality",
)
@given(scores_and_distribution())
def test_gibbs_inequality(case):
    z, p = case
    q = softmax(z)
    divergence = kl_divergence(p, q)
    assert divergence >= -1e-15
    assert divergence >= 0.5 * np.abs(p - q).sum() ** 2 - 1e-12  # Pinsker: zero only for p = q
    assert kl_divergence(q, q) == 0
    assert cross_entropy(z, p) == pytest.approx(entropy(p) + divergence, rel=1e-12, abs=1e-12)


@pytest.mark.claim(r"Chapter 2: entropy is at most $\log K$")
@given(scores_and_distribution())
def test_entropy_is_at_most_log_k(case):
    _, p = case
    assert -1e-15 <= entropy(p) <= math.log(len(p)) + 1e-15
    assert math.log(len(p)) - entropy(p) == pytest.approx(kl_divergence(p, np.full(len(p), 1 / len(p))), abs=1e-12)


# ---------------------------------------------------------------- road 1: the exponential family


def _mpmath_lse(z):
    return mpmath.log(mpmath.fsum(mpmath.exp(value) for value in z))


@pytest.mark.claim("Chapter 2: the gradient of lse is softmax", theorem="thm-02-lse")
@settings(max_examples=40)
@given(scores())
def test_gradient_of_lse_is_softmax(z):
    with mpmath.workdps(60):
        step, point = mpmath.mpf(10) ** -20, [mpmath.mpf(float(value)) for value in z]
        for k in range(len(z)):
            up, down = ([v + sign * step * (j == k) for j, v in enumerate(point)] for sign in (1, -1))
            slope = (_mpmath_lse(up) - _mpmath_lse(down)) / (2 * step)
            assert softmax(z)[k] == pytest.approx(float(slope), rel=1e-13)


@pytest.mark.claim(
    r"Chapter 2: the Hessian of lse is $\operatorname{diag}(p)-pp^\top$, the covariance of a one-hot draw and the Jacobian",
    theorem="thm-02-lse",
)
@given(scores())
def test_hessian_is_the_covariance(z):
    p, one_hot = softmax(z), np.eye(len(z))
    centered = one_hot - p
    covariance = np.einsum("y,yj,yk->jk", p, centered, centered)  # the definition, summed over all outcomes
    np.testing.assert_allclose(softmax_jacobian(p), covariance, atol=1e-15)
    np.testing.assert_allclose(softmax_jacobian(p), np.diag(p) - np.outer(p, p), atol=1e-16)


@pytest.mark.claim("Chapter 2: lse is convex, strictly so except along the vector of ones", theorem="thm-02-lse")
@given(pairs, st.floats(0.01, 0.99))
def test_lse_is_convex(pair, share):
    z, w = pair
    chord, curve = share * logsumexp(z) + (1 - share) * logsumexp(w), logsumexp(share * z + (1 - share) * w)
    assert chord - curve >= -1e-13
    assert logsumexp(z + 3.5) == pytest.approx(logsumexp(z) + 3.5, abs=1e-13)  # along the ones: a straight line
    direction = w - z
    curvature = softmax(z) @ direction**2 - (softmax(z) @ direction) ** 2
    assert direction @ softmax_jacobian(softmax(z)) @ direction == pytest.approx(curvature, abs=1e-11)
    if np.ptp(direction) > 1e-3:
        assert softmax(z) @ (direction - softmax(z) @ direction) ** 2 > 0


@pytest.mark.claim("Chapter 2: an exponential family on finitely many points is softmax of affine scores (binomial)")
@given(st.integers(1, 12), st.floats(0.01, 0.99))
def test_binomial_is_softmax(tosses, chance):
    heads = np.arange(tosses + 1)
    z = heads * math.log(chance / (1 - chance)) + np.log([math.comb(tosses, k) for k in heads])
    np.testing.assert_allclose(softmax(z), stats.binom(tosses, chance).pmf(heads), rtol=1e-10)


# ---------------------------------------------------------------- road 2: maximum entropy


@pytest.mark.claim(
    r"Chapter 2: among distributions with a given mean score, $\sigma(\beta z)$ has the largest entropy",
    theorem="thm-02-maxent",
)
@given(scores(), st.floats(-3, 3), st.integers(0, 2**32 - 1))
def test_softmax_has_the_largest_entropy(z, beta, seed):
    assume(np.ptp(z) > 0.1)
    p = softmax(beta * z)
    # A competitor with the same mean: move p within the null space of the two conditions, as far as it stays positive.
    conditions = np.stack([np.ones_like(z), z])
    move = np.random.default_rng(seed).normal(size=len(z))
    move = move - np.linalg.pinv(conditions) @ (conditions @ move)
    assume(np.abs(move).max() > 1e-6)  # two classes leave no freedom
    shrinking = move < 0
    rival = p + 0.9 * np.min(p[shrinking] / -move[shrinking]) * move if shrinking.any() else p
    assert rival @ z == pytest.approx(p @ z, abs=1e-9)
    assert entropy(rival) <= entropy(p) + 1e-12
    assert entropy(p) - entropy(rival) == pytest.approx(kl_divergence(rival, p), abs=1e-8)


@pytest.mark.claim(
    r"Chapter 2: the mean score increases strictly with $\beta$, so every mean in between occurs once",
    theorem="thm-02-maxent",
)
@given(scores(), st.floats(0.02, 0.98))
def test_every_mean_has_one_beta(z, place):
    assume(np.ptp(z) > 0.5)
    goal = z.min() + place * np.ptp(z)
    slopes = np.linspace(-400, 400, 4001) / np.ptp(z)
    means = softmax(slopes[:, None] * z) @ z
    assert np.all(np.diff(means) >= -1e-12)
    beta = optimize.brentq(lambda slope: softmax(slope * z) @ z - goal, -1e4, 1e4, xtol=1e-13)
    assert softmax(beta * z) @ z == pytest.approx(goal, abs=1e-7)


@pytest.mark.claim(
    r"Chapter 2: a constrained optimizer finds the same maximum-entropy distribution as the root in $\beta$",
    theorem="thm-02-maxent",
)
@pytest.mark.parametrize("mean", [1.7, 2.6, 3.5, 4.5, 5.4])
def test_optimizer_finds_softmax(mean):
    faces = np.arange(1.0, 7.0)
    beta = optimize.brentq(lambda slope: softmax(slope * faces) @ faces - mean, -20, 20)
    conditions = [{"type": "eq", "fun": lambda q: q.sum() - 1}, {"type": "eq", "fun": lambda q: q @ faces - mean}]
    found = optimize.minimize(
        lambda q: q @ np.log(q),
        np.full(6, 1 / 6),
        jac=lambda q: np.log(q) + 1,
        bounds=[(1e-9, 1)] * 6,
        constraints=conditions,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(found.x, softmax(beta * faces), atol=1e-5)


@pytest.mark.claim(
    r"Chapter 2: $\langle q,z\rangle+T\,H(q)=T\operatorname{lse}(z/T)-T\,\mathrm{KL}(q\,\|\,\sigma(z/T))$ for every $q$ (Gibbs variational formula)",
    theorem="thm-02-gibbs",
)
@given(scores_and_distribution(), temperatures)
def test_gibbs_variational_formula(case, temperature):
    z, q = case
    bound, best = temperature * logsumexp(z / temperature), softmax(z / temperature)
    value = q @ z + temperature * entropy(q)
    assert value == pytest.approx(bound - temperature * kl_divergence(q, best), abs=1e-10)
    assert value <= bound + 1e-12
    assert best @ z + temperature * entropy(best) == pytest.approx(bound, abs=1e-11)


# ---------------------------------------------------------------- road 3: Gibbs and Boltzmann


@pytest.mark.claim(
    r"Chapter 2: a small system in a large room follows $\sigma(-E/T)$ with $1/T=\log(1+1/u)$", theorem="thm-02-room"
)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=6), st.floats(0.3, 5))
def test_large_room(energies, packets_per_place):
    places = 10**7
    packets = round(packets_per_place * places)
    energies = np.array(energies)
    ratios = [math.prod((packets - i) / (packets + places - 1 - i) for i in range(energy)) for energy in energies]
    exact = np.array(ratios) / sum(ratios)
    np.testing.assert_allclose(exact, softmax(-energies * math.log(1 + places / packets)), atol=1e-5)


def _metropolis(z, temperature, seed):
    """Transition matrix for a random symmetric proposal that connects all states."""
    size, generator = len(z), np.random.default_rng(seed)
    proposal = np.triu(generator.random((size, size)) * (generator.random((size, size)) < 0.5), 1)
    proposal[np.arange(size - 1), np.arange(1, size)] += 0.2  # a path through all states
    proposal += proposal.T
    proposal /= proposal.sum(axis=1).max()
    moves = proposal * np.minimum(1, np.exp((z[None, :] - z[:, None]) / temperature))
    np.fill_diagonal(moves, 0)
    np.fill_diagonal(moves, 1 - moves.sum(axis=1))
    return moves


@pytest.mark.claim(
    "Chapter 2: the Metropolis walk is in detailed balance with softmax, and leaves it unchanged",
    theorem="thm-02-metropolis",
)
@given(scores(), temperatures, st.integers(0, 2**32 - 1))
def test_metropolis_balance(z, temperature, seed):
    moves, p = _metropolis(z, temperature, seed), softmax(z / temperature)
    flow = p[:, None] * moves
    np.testing.assert_allclose(flow, flow.T, atol=1e-14)
    np.testing.assert_allclose(p @ moves, p, atol=1e-14)
    assert np.all(moves >= -1e-15)


@pytest.mark.claim(
    r"Chapter 2: $n$ times the variance of a visit frequency tends to $p_k\sum_{i\ge2}v_{ik}^2\,(1+\lambda_i)/(1-\lambda_i)$",
    theorem="thm-02-metropolis",
)
@settings(max_examples=30)
@given(st.lists(st.floats(-2, 2), min_size=3, max_size=5).map(np.array), st.integers(0, 2**32 - 1))
def test_long_run_variance_of_the_walk(z, seed):
    moves, p = _metropolis(z, 1.0, seed), softmax(z)
    values, vectors = np.linalg.eigh(np.sqrt(p)[:, None] * moves / np.sqrt(p))
    assert values[-1] == pytest.approx(1)
    assert values[-2] < 1
    formula = p * (vectors[:, :-1] ** 2 @ ((1 + values[:-1]) / (1 - values[:-1])))
    # An independent route: the fundamental matrix of Kemeny and Snell.
    fundamental = np.linalg.inv(np.eye(len(p)) - moves + p)
    np.testing.assert_allclose(formula, p * (2 * np.diag(fundamental) - 1 - p), rtol=1e-7, atol=1e-9)


@pytest.mark.claim("Chapter 2: a walk that does not count refused moves converges to $p_k(1-P_{kk})$, normalized")
@given(scores(), temperatures, st.integers(0, 2**32 - 1))
def test_walk_without_refusals(z, temperature, seed):
    moves, p = _metropolis(z, temperature, seed), softmax(z / temperature)
    jumps = moves * (1 - np.eye(len(z)))
    moving = jumps.sum(axis=1)  # 1 - P_kk, without cancellation
    jumps /= moving[:, None]
    wrong = p * moving / (p @ moving)
    np.testing.assert_allclose(wrong @ jumps, wrong, atol=1e-12)


@pytest.mark.claim(r"Chapter 2: $d\langle E\rangle/dT=\operatorname{Var}(E)/T^2$ and $dH/dT=\operatorname{Var}(E)/T^3$")
@given(scores(), temperatures)
def test_heat_capacity_is_a_variance(energies, temperature):
    def state(value):
        p = softmax(-energies / value)
        mean = p @ energies
        return np.array([mean, entropy(p)]), p @ (energies - mean) ** 2

    step = 1e-4 * temperature
    slopes = (state(temperature + step)[0] - state(temperature - step)[0]) / (2 * step)
    variance = state(temperature)[1]
    np.testing.assert_allclose(slopes, [variance / temperature**2, variance / temperature**3], rtol=1e-4, atol=1e-6)


# ---------------------------------------------------------------- road 4: choice


def _menus(size):
    return np.array([menu for menu in itertools.product([False, True], repeat=size) if any(menu)])


@pytest.mark.claim(
    "Chapter 2: softmax over menus satisfies Luce's choice axiom and independence of irrelevant alternatives",
    theorem="thm-02-luce",
)
@settings(max_examples=25)
@given(scores(4))
def test_softmax_satisfies_the_choice_axiom(z):
    menus = _menus(4)
    choices = softmax(np.broadcast_to(z, menus.shape), where=menus)
    for big, from_big in zip(menus, choices, strict=True):
        for small, from_small in zip(menus, choices, strict=True):
            if np.all(small <= big):
                np.testing.assert_allclose(from_big[small], from_big[small].sum() * from_small[small], rtol=1e-12)
                log_odds = np.log(from_big[small]) - np.log(from_small[small])
                assert np.ptp(log_odds) < 1e-11  # all odds are as on the small menu


@pytest.mark.claim(
    "Chapter 2: Luce's axiom forces the ratio form, with v the choice from the full menu", theorem="thm-02-luce"
)
@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 100), min_size=4, max_size=4).map(np.array))
def test_the_axiom_gives_the_ratio_form(strengths):
    """Choices built by the axiom alone, one dish removed at a time, end at softmax of log v, whatever the order."""
    full = strengths / strengths.sum()
    for order in itertools.permutations(range(4), 3):
        menu, choice = np.ones(4, dtype=bool), full
        for removed in order:
            menu = menu & (np.arange(4) != removed)
            choice = np.where(menu, choice, 0) / choice[menu].sum()  # P_R(k) = P_S(k) / P_S(R)
            np.testing.assert_allclose(choice, softmax(np.log(full), where=menu), rtol=1e-12, atol=1e-300)


@pytest.mark.claim(r"Chapter 2: the nested logit is softmax at $\lambda=1$ and ignores copies as $\lambda$ tends to 0")
@given(numbers, numbers)
def test_nested_logit_limits(car, bus):
    def nested(similarity):
        inclusive = similarity * logsumexp(np.full(2, bus) / similarity)
        return softmax(np.array([car, inclusive]))

    np.testing.assert_allclose(nested(1.0)[0], softmax(np.array([car, bus, bus]))[0], rtol=1e-12)
    np.testing.assert_allclose(nested(1e-9), softmax(np.array([car, bus])), rtol=1e-6)


@pytest.mark.claim(
    r"Chapter 2: with Gumbel noise, class $k$ wins with a maximum of at most $x$ with probability $\sigma(z)_k\exp(-e^{\operatorname{lse}(z)-x})$",
    theorem="thm-02-gumbel",
)
@settings(max_examples=15)
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=4), st.floats(-3, 8))
def test_gumbel_max_by_quadrature(z, x):
    k = 0
    with mpmath.workdps(20):

        def density(t):
            own = mpmath.exp(-(t - z[k])) * mpmath.exp(-mpmath.exp(-(t - z[k])))
            return own * mpmath.fprod(mpmath.exp(-mpmath.exp(-(t - rival))) for rival in z[1:])

        low = -8.0
        probability = mpmath.quad(density, [*np.linspace(low, max(x, low + 1), 6)]) if x > low else 0
    expected = softmax(np.array(z))[k] * math.exp(-math.exp(logsumexp(np.array(z)) - x))
    assert float(probability) == pytest.approx(expected, abs=1e-9)


@pytest.mark.claim(
    "Chapter 2: scores plus Gumbel noise have a softmax winner, a Gumbel maximum around lse, and the two are independent",
    theorem="thm-02-gumbel",
)
@pytest.mark.parametrize("z", [[2.1, 0.3, -1.0], [0.0, 0.0], [-3.0, 1.0, 1.5, 0.2, -0.5]])
def test_gumbel_max_by_simulation(z):
    """Each p-value below 0.0001 by chance once in 10 000 seeds; 100 000 races notice shares wrong by 0.01."""
    z, races = np.array(z), 100_000
    winners = gumbel_max_sample(z, size=races, rng=20)
    assert stats.chisquare(np.bincount(winners, minlength=len(z)), races * softmax(z)).pvalue > 1e-4

    sums = z + np.random.default_rng(21).gumbel(size=(races, len(z)))
    maximum, winner = sums.max(axis=1), sums.argmax(axis=1)
    assert stats.kstest(maximum, stats.gumbel_r(loc=logsumexp(z)).cdf).pvalue > 1e-4
    for k in range(len(z)):
        assert stats.kstest(maximum[winner == k], stats.gumbel_r(loc=logsumexp(z)).cdf).pvalue > 1e-4


@pytest.mark.claim("Chapter 2: the second place of a Gumbel race is softmax over the remaining classes")
def test_second_place():
    z = np.array([2.1, 0.3, -1.0, 0.9])
    order = np.argsort(-(z + np.random.default_rng(22).gumbel(size=(200_000, 4))), axis=1)
    for winner in range(4):
        rest = np.delete(np.arange(4), winner)
        seconds = order[order[:, 0] == winner, 1]
        counts = np.array([(seconds == k).sum() for k in rest])
        assert stats.chisquare(counts, counts.sum() * softmax(z[rest])).pvalue > 1e-4


@pytest.mark.claim("Chapter 2: the first of exponential clocks with rates $e^{z_k}$ is a softmax draw")
def test_exponential_clocks():
    z = np.array([1.4, -0.3, 0.5])
    first = np.random.default_rng(23).exponential(1 / np.exp(z), size=(100_000, 3)).argmin(axis=1)
    assert stats.chisquare(np.bincount(first), 100_000 * softmax(z)).pvalue > 1e-4


# ---------------------------------------------------------------- road 5: Bayes


@pytest.mark.claim(
    r"Chapter 2: Gaussian classes with a shared covariance have the posterior $\sigma(xW+b)$", theorem="thm-02-bayes"
)
@given(st.integers(2, 5), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_gaussian_posterior(classes, features, seed):
    generator = np.random.default_rng(seed)
    prior, means = generator.dirichlet(np.ones(classes)), generator.normal(size=(classes, features))
    factor = generator.normal(size=(features, features))
    covariance = factor @ factor.T + 0.5 * np.eye(features)
    points = 2 * generator.normal(size=(20, features))

    weights = np.linalg.solve(covariance, means.T)
    model = SoftmaxClassifier(weights, np.log(prior) - 0.5 * (means * weights.T).sum(axis=1))
    logs = np.stack([stats.multivariate_normal(mean, covariance).logpdf(points) for mean in means], axis=1)
    np.testing.assert_allclose(model.predict_proba(points), softmax(np.log(prior) + logs), rtol=1e-7, atol=1e-12)


@pytest.mark.claim(
    r"Chapter 2: Poisson classes have the posterior $\sigma(xW+b)$, with log rates as weights", theorem="thm-02-bayes"
)
@given(st.integers(2, 5), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_poisson_posterior(classes, features, seed):
    generator = np.random.default_rng(seed)
    prior, rates = generator.dirichlet(np.ones(classes)), generator.uniform(0.2, 5, size=(classes, features))
    counts = generator.poisson(2, size=(20, features))
    model = SoftmaxClassifier(np.log(rates).T, np.log(prior) - rates.sum(axis=1))
    logs = stats.poisson.logpmf(counts[:, None, :], rates).sum(axis=2)
    np.testing.assert_allclose(model.predict_proba(counts), softmax(np.log(prior) + logs), rtol=1e-9, atol=1e-14)


# ---------------------------------------------------------------- one geometry


@pytest.mark.claim(
    r"Chapter 2: $D_{\operatorname{lse}}(z,w)=\mathrm{KL}(\sigma(w)\,\|\,\sigma(z))$: the arguments change places",
    theorem="thm-02-bregman",
)
@given(pairs)
def test_kl_is_the_bregman_divergence_of_lse(pair):
    z, w = pair
    divergence = logsumexp(z) - logsumexp(w) - softmax(w) @ (z - w)
    assert divergence == pytest.approx(kl_divergence(softmax(w), softmax(z)), abs=1e-11)


@pytest.mark.claim(
    r"Chapter 2: $\mathrm{KL}(p\,\|\,q)$ is the Bregman divergence of the negative entropy, arguments in the same order",
    theorem="thm-02-bregman",
)
@given(scores_and_distribution())
def test_kl_is_the_bregman_divergence_of_negative_entropy(case):
    z, p = case
    q = softmax(z)
    divergence = -entropy(p) + entropy(q) - (np.log(q) + 1) @ (p - q)
    assert divergence == pytest.approx(kl_divergence(p, q), abs=1e-11)
