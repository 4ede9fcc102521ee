"""The interactive noise race: the component without a browser, against softmax_lib and SciPy."""

import re

import numpy as np
import pytest
from in_page import Page
from scipy import integrate, stats

from softmax_lib import interactive, softmax

LOGITS = [2.1, 0.3, -1.0]
LABELS = ["cat", "dog", "bird"]
FIGURE = interactive.random_utility(LOGITS, LABELS)
play = Page(FIGURE).play


def winners(law):
    """The exact probabilities of winning with noise of the given law, by one integral a class."""
    spread = np.pi / np.sqrt(6)
    noise = {
        "gumbel": stats.gumbel_r(),
        "normal": stats.norm(np.euler_gamma, spread),
        "uniform": stats.uniform(np.euler_gamma - np.sqrt(3) * spread, 2 * np.sqrt(3) * spread),
    }[law]

    def integrand(x, k):
        return noise.pdf(x - LOGITS[k]) * np.prod([noise.cdf(x - LOGITS[j]) for j in range(3) if j != k])

    edges = [score + end for score in LOGITS for end in noise.ppf([1e-15, 1 - 1e-15])]
    shares = np.array([integrate.quad(integrand, -6, 40, args=(k,), points=edges, limit=400)[0] for k in range(3)])
    assert shares.sum() == pytest.approx(1, abs=1e-8)
    return shares / shares.sum()


@pytest.mark.parametrize("law", ["gumbel", "normal", "uniform"])
def test_wins_follow_the_law_of_the_noise(law):
    """100 000 races; fails by chance once in ten thousand seeds, and the seed is fixed."""
    events = [["set", "law", law], ["set", "batch", 10000], *[["step"]] * 10]
    state = play(*events)["state"]
    assert state["races"] == sum(state["wins"]) == 100_000
    assert stats.chisquare(state["wins"], 100_000 * winners(law)).pvalue > 1e-4


def test_exact_winners_with_gumbel_noise_are_softmax():
    np.testing.assert_allclose(winners("gumbel"), softmax(LOGITS), atol=1e-8)


@pytest.mark.parametrize(
    ("law", "verdict"), [("gumbel", "no sign against"), ("normal", "not softmax"), ("uniform", "not softmax")]
)
def test_readout_judges_by_the_chi_square_test(law, verdict):
    result = play(["set", "law", law], ["set", "batch", 10000], *[["step"]] * 3)
    assert verdict in result["text"]
    wins = result["state"]["wins"]
    expected = stats.chisquare(wins, 30_000 * softmax(LOGITS)).statistic
    shown, limit = (
        float(value) for value in re.search(r"Chi-square ([\d.]+), limit ([\d.]+)", result["text"]).groups()
    )
    assert shown == pytest.approx(expected, abs=0.051)
    assert limit == pytest.approx(stats.chi2(2).ppf(0.95), abs=0.051)


def test_few_races_are_not_judged():
    assert "Too few races" in play(["step"])["text"]


def test_the_winner_of_a_race_has_the_largest_sum():
    state = play(["step"])["state"]
    assert np.argmax(np.add(LOGITS, state["noise"])) == np.argmax(state["wins"])


def test_a_changed_score_or_noise_starts_over_and_the_batch_size_does_not():
    assert play(["step"], ["set", "z0", 0.0])["state"]["races"] == 0
    assert play(["step"], ["set", "law", "normal"])["state"]["races"] == 0
    assert play(["step"], ["set", "batch", 100])["state"]["races"] == 1


def test_same_seed_same_races():
    assert play(["step"], ["step"]) == play(["step"], ["step"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1.0]}, "2 to 6 numbers"),
        ({"logits": [1.0, np.nan, 0.0]}, "finite"),
        ({"logits": [1.0, 5.0, 0.0]}, "between -3 and 3"),
        ({"labels": ["one"]}, "labels must hold 3 names, not 1"),
        ({"noise": "cauchy"}, "noise must be one of"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.random_utility(**({"logits": LOGITS, "labels": LABELS} | change))
