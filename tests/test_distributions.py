"""Categorical, Gumbel tricks and filters. Statistical tests have fixed seeds, and say what they would catch."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import softmax_lib as sl

LOGITS = np.array([1.0, 0.0, -0.5, 2.0, -np.inf, 0.3])
DRAWS = 100_000


def chi_square_p_value(draws, probabilities):
    """p-value of the hypothesis that the draws have these probabilities; outcomes of probability 0 must not occur.

    The level is 1e-3, and the seeds are fixed, so a correct sampler does not fail by bad luck. What the test can see is
    computed in `test_the_statistical_test_has_power`.
    """
    counts = np.bincount(draws, minlength=len(probabilities))
    possible = probabilities > 0
    assert counts[~possible].sum() == 0
    return scipy.stats.chisquare(counts[possible], probabilities[possible] * len(draws)).pvalue


@pytest.mark.claim("Chapter 2: argmax of scores plus Gumbel noise is a draw from softmax", theorem="thm-02-gumbel")
@pytest.mark.parametrize("seed", range(3))
def test_samplers_draw_from_softmax(seed):
    p = sl.softmax(LOGITS)
    categorical = sl.Categorical(LOGITS)
    hard = sl.gumbel_softmax(LOGITS, 0.7, size=DRAWS, rng=seed, hard=True).argmax(-1)
    for draws in (categorical.sample(DRAWS, rng=seed), sl.gumbel_max_sample(LOGITS, DRAWS, rng=seed), hard):
        assert chi_square_p_value(draws, p) > 1e-3


def test_the_statistical_test_has_power():
    # A probability of 0.2 that is off by 0.0085 (4 %), at the expense of the four others, is seen 99 times in 100.
    noncentrality = DRAWS * 0.0085**2 * (1 / 0.2 + 1 / 0.8)
    assert scipy.stats.ncx2.sf(scipy.stats.chi2.isf(1e-3, df=4), df=4, nc=noncentrality) > 0.99
    wrong = sl.softmax(np.add(LOGITS, [0.05, 0, 0, 0, 0, 0]))  # odds off by 5 %
    assert chi_square_p_value(sl.Categorical(LOGITS).sample(DRAWS, rng=0), wrong) < 1e-3


def test_sampling_a_batch():
    batch = np.array([[0.0, 3.0], [3.0, 0.0], [-np.inf, 0.0]])
    draws = sl.Categorical(batch).sample(20_000, rng=0)
    assert draws.shape == (20_000, 3)
    # The standard error is 0.0015: five of them.
    np.testing.assert_allclose(draws.mean(0), sl.softmax(batch)[:, 1], atol=0.0075)
    assert sl.Categorical(batch).sample(rng=0).shape == (3,)
    assert sl.Categorical(batch).sample((2, 5), rng=0).shape == (2, 5, 3)
    assert sl.gumbel_max_sample(batch, (2, 5), rng=0).shape == (2, 5, 3)
    assert sl.gumbel_max_sample(batch, rng=0).shape == (3,)
    assert sl.gumbel_softmax(batch, size=4, rng=0).shape == (4, 3, 2)
    assert isinstance(sl.Categorical([0.0, 1.0]).sample(rng=0), np.integer)


def test_seeds_and_generators():
    coin = sl.Categorical([0.0, 0.0])
    np.testing.assert_array_equal(coin.sample(50, rng=3), coin.sample(50, rng=np.random.default_rng(3)))
    generator = np.random.default_rng(3)
    assert (coin.sample(50, generator) != coin.sample(50, generator)).any()
    assert coin.sample(5).shape == (5,)


def test_impossible_outcomes_are_never_drawn():
    p = np.array([0.0, 0.5, 0.0, 0.5, 0.0])
    assert set(sl.Categorical(probabilities=p).sample(10_000, rng=0)) == {1, 3}


# --- Categorical ------------------------------------------------------------------------------------------------------


def test_properties_of_categorical():
    d = sl.Categorical(np.stack([LOGITS, -np.arange(6.0)]))
    p = sl.softmax(np.stack([LOGITS, -np.arange(6.0)]))
    np.testing.assert_allclose(d.probabilities, p, rtol=1e-14)
    np.testing.assert_array_equal(d.mean, d.probabilities)
    np.testing.assert_array_equal(d.mode, [3, 0])
    np.testing.assert_allclose(d.covariance, [np.diag(row) - np.outer(row, row) for row in p], atol=1e-16)
    np.testing.assert_allclose(d.entropy(), sl.entropy(p), rtol=1e-14)
    assert d.num_classes == 6
    assert repr(d) == "Categorical(6 outcomes, batch shape (2,))"


def test_log_prob():
    d = sl.Categorical(np.stack([LOGITS, np.zeros(6)]))
    np.testing.assert_allclose(d.log_prob([3, 4]), [sl.log_softmax(LOGITS)[3], -np.log(6)], rtol=1e-15)
    assert d.log_prob(4)[0] == -np.inf
    assert d.log_prob([[0], [1], [2]]).shape == (3, 2)
    assert np.ndim(sl.Categorical(LOGITS).log_prob(0)) == 0
    np.testing.assert_allclose(np.exp(sl.Categorical(LOGITS).log_prob(np.arange(6))).sum(), 1, rtol=1e-15)


def test_logits_and_probabilities_are_two_ways_in():
    p = np.array([0.2, 0.0, 0.8])
    np.testing.assert_allclose(sl.Categorical(probabilities=p).probabilities, p, rtol=1e-15)
    np.testing.assert_allclose(sl.Categorical([2.0, 1.0]).probabilities, sl.softmax([2.0, 1.0]), rtol=1e-15)
    assert sl.Categorical(np.float32([0, 1])).probabilities.dtype == np.float32


def test_entropy_of_a_confident_distribution_keeps_its_digits():
    tail = np.exp(-60.0)
    assert sl.Categorical([60.0, 0.0]).entropy() == pytest.approx(61 * tail, rel=1e-13)
    assert sl.Categorical([0.0, -np.inf]).entropy() == 0


def test_divergence():
    a, b = sl.Categorical([0.0, 1.0, 2.0]), sl.Categorical([1.0, 1.0, 0.0])
    assert a.kl_divergence(b) == sl.kl_divergence(a.probabilities, b.probabilities)
    with pytest.raises(TypeError, match="other must be a Categorical, got list"):
        a.kl_divergence([0.5, 0.5])
    with pytest.raises(ValueError, match="both need the same outcomes, got 3 and 2"):
        a.kl_divergence(sl.Categorical([0.0, 0.0]))


def test_messages_of_categorical():
    for arguments in ({}, {"logits": [0.0], "probabilities": [1.0]}):
        with pytest.raises(TypeError, match="give either logits or probabilities"):
            sl.Categorical(**arguments)
    with pytest.raises(ValueError, match="probabilities must sum to 1"):
        sl.Categorical(probabilities=[0.5, 0.6])
    with pytest.raises(ValueError, match="at least one class"):
        sl.Categorical(probabilities=1.0)
    with pytest.raises(TypeError, match="outcome must hold integers"):
        sl.Categorical([0.0, 1.0]).log_prob(0.5)
    with pytest.raises(ValueError, match="outcome must lie in 0 to 1, got values from 2 to 2"):
        sl.Categorical([0.0, 1.0]).log_prob(2)


@pytest.mark.parametrize(
    "function",
    [
        sl.Categorical,
        sl.gumbel_max_sample,
        sl.gumbel_softmax,
        lambda z: sl.top_k_filter(z, 1),
        lambda z: sl.top_p_filter(z, 1),
    ],
)
def test_messages_about_logits(function):
    for bad in ([np.nan, 0.0], [np.inf, 0.0]):
        with pytest.raises(ValueError, match=r"logits must not hold NaN or \+inf"):
            function(bad)
    with pytest.raises(ValueError, match=r"excludes every outcome \(all -inf\)"):
        function([[0.0, 0.0], [-np.inf, -np.inf]])
    with pytest.raises(ValueError, match="at least one class"):
        function([])
    with pytest.raises(TypeError, match="logits must hold real numbers"):
        function(["a"])


# --- Gumbel-softmax ---------------------------------------------------------------------------------------------------


def test_gumbel_softmax_rows_are_distributions_with_the_hard_ones_at_their_argmax():
    soft = sl.gumbel_softmax(LOGITS, 0.5, size=1000, rng=0)
    hard = sl.gumbel_softmax(LOGITS, 0.5, size=1000, rng=0, hard=True)
    np.testing.assert_allclose(soft.sum(-1), 1, rtol=1e-14)
    assert (soft[:, 4] == 0).all()
    for dtype in (np.float32, np.float16):
        for hardness in (False, True):
            assert sl.gumbel_softmax(LOGITS.astype(dtype), 0.5, rng=0, hard=hardness).dtype == dtype
    np.testing.assert_array_equal(hard, sl.one_hot(soft.argmax(-1), 6))


@pytest.mark.claim(
    "Chapter 9: Gumbel-softmax tends to one-hot draws as the temperature falls", theorem="thm-09-estimators"
)
def test_gumbel_softmax_sharpens_as_the_temperature_falls():
    tops = [sl.gumbel_softmax(LOGITS, t, size=2000, rng=0).max(-1).mean() for t in (5, 1, 0.2, 0.01)]
    assert (np.diff(tops) > 0).all()
    assert tops[-1] > 0.99


@pytest.mark.parametrize("temperature", [0, -1, np.inf, np.nan, [1.0]])
def test_bad_temperatures(temperature):
    with pytest.raises(ValueError, match="temperature must be a finite number above 0"):
        sl.gumbel_softmax([0.0, 1.0], temperature)


# --- filters ----------------------------------------------------------------------------------------------------------

batches = hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 8)), elements=st.floats(-20, 20))


@settings(max_examples=50)
@given(batches, st.data())
def test_top_k_keeps_exactly_the_k_largest(logits, data):
    k = data.draw(st.integers(1, logits.shape[1]))
    filtered = sl.top_k_filter(logits, k)
    kept = filtered > -np.inf
    assert (kept.sum(1) == k).all()
    np.testing.assert_array_equal(filtered[kept], logits[kept])
    for row, keep in zip(logits, kept, strict=True):
        assert row[keep].min() >= row[~keep].max(initial=-np.inf)


@settings(max_examples=50)
@given(batches, st.floats(0.01, 0.99))
def test_top_p_keeps_the_smallest_set_with_enough_probability(logits, p):
    kept = sl.top_p_filter(logits, p) > -np.inf
    for probabilities, keep in zip(sl.softmax(logits), kept, strict=True):
        inside = probabilities[keep]
        assert inside.sum() >= p - 1e-12
        assert inside.sum() - inside.min() < p + 1e-12  # one less would not do
        assert inside.min() >= probabilities[~keep].max(initial=0)


def test_filters_at_the_edges():
    np.testing.assert_array_equal(sl.top_k_filter([1, 1, 1], 2), [1, 1, -np.inf])
    np.testing.assert_array_equal(sl.top_p_filter([0.0, 5.0, -800.0], 1), [0, 5, -800])
    np.testing.assert_array_equal(sl.top_p_filter([0.0, 5.0], 1e-9), [-np.inf, 5])
    assert sl.top_k_filter(np.float32([0, 1]), 1).dtype == np.float32
    assert sl.top_p_filter(np.float16([0, 1]), 0.5).dtype == np.float16
    for k in (0, 3, 1.0):
        with pytest.raises(ValueError, match="k must be an integer from 1 to 2"):
            sl.top_k_filter([0.0, 1.0], k)
    for p in (0, 1.1, np.nan, [0.5]):
        with pytest.raises(ValueError, match="p must be a probability above 0 and at most 1"):
            sl.top_p_filter([0.0, 1.0], p)


def test_inputs_are_never_changed():
    logits = np.random.default_rng(0).normal(size=(3, 4))
    before = logits.copy()
    sl.top_k_filter(logits, 2)
    sl.top_p_filter(logits, 0.5)
    sl.gumbel_softmax(logits, rng=0)
    sl.gumbel_max_sample(logits, rng=0)
    sl.Categorical(logits).sample(3, rng=0)
    np.testing.assert_array_equal(logits, before)
