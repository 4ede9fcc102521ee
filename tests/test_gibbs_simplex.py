"""The interactive simplex of the Gibbs variational formula: without a browser, against softmax_lib."""

import re

import numpy as np
import pytest
from in_page import Page

from softmax_lib import entropy, interactive, kl_divergence, logsumexp, softmax

LOGITS = np.array([2.1, 0.3, -1.0])
START = np.array([0.2, 0.3, 0.5])
FIGURE = interactive.gibbs_simplex(LOGITS, ["cat", "dog", "bird"], start=START)
PAGE = Page(FIGURE)
play = PAGE.play


def numbers(text):
    return [float(value.replace("−", "-")) for value in re.findall(r"[−]?\d+\.\d+", text)]


@pytest.mark.parametrize("temperature", [0.1, 1.0, 4.0])
def test_readout_agrees_with_the_library(temperature):
    shown = numbers(play(["set", "temperature", temperature])["text"])
    score, spread = START @ LOGITS, temperature * entropy(START)
    gap = temperature * kl_divergence(START, softmax(LOGITS / temperature))
    bound = temperature * logsumexp(LOGITS / temperature)
    np.testing.assert_allclose(shown, [*START, score, spread, score + spread, bound, gap], atol=5.1e-4)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 4.0])
def test_play_climbs_to_softmax(temperature):
    state = play(["set", "temperature", temperature], *[["step"]] * 200)["state"]
    np.testing.assert_allclose(state["q"], np.maximum(softmax(LOGITS / temperature), 0.002), atol=2e-3)


def test_every_step_gains():
    values = []
    for steps in range(12):
        q = np.array(play(*[["step"]] * steps)["state"]["q"])
        values.append(q @ LOGITS + entropy(q))
    assert np.all(np.diff(values) > 0)


def test_a_step_is_exponentiated_gradient_ascent():
    q = np.array(play(["set", "temperature", 2.0], ["step"])["state"]["q"])
    gradient = LOGITS - 2.0 * (np.log(START) + 1)
    np.testing.assert_allclose(q, softmax(np.log(START) + 0.15 / 2.0 * gradient), atol=1e-12)


def test_dragging_inverts_drawing():
    (handle,) = PAGE.call("handles", {"q": START})
    moved = play(["move", "q", handle["x"], handle["y"]])["state"]["q"]
    np.testing.assert_allclose(moved, START, atol=1e-12)


def test_a_point_dragged_outside_stays_a_distribution():
    for x, y in [(0, 0), (1000, 1000), (-50, 400)]:
        q = np.array(play(["move", "q", x, y])["state"]["q"])
        assert np.all(q > 0)
        assert abs(q.sum() - 1) < 1e-12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1.0, 2.0]}, "3 numbers"),
        ({"labels": ["a", "b"]}, "3 names"),
        ({"logits": [1.0, 4.0, 0.0]}, "between -3 and 3"),
        ({"start": [0.5, 0.6, 0.1]}, "sum to 1"),
        ({"start": [-0.1, 0.6, 0.5]}, "start must lie between"),
        ({"temperature": 0.0}, "temperature must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.gibbs_simplex(**({"logits": LOGITS} | change))
