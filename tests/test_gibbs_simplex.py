"""The interactive simplex of the Gibbs variational formula: without a browser, against softmax_lib."""

import json
import re

import numpy as np
import pytest

from softmax_lib import entropy, interactive, kl_divergence, logsumexp, softmax

MiniRacer = pytest.importorskip("py_mini_racer").MiniRacer

LOGITS = np.array([2.1, 0.3, -1.0])
START = np.array([0.2, 0.3, 0.5])
FIGURE = interactive.gibbs_simplex(LOGITS, ["cat", "dog", "bird"], start=START)


@pytest.fixture(scope="module")
def engine():
    engine = MiniRacer()
    engine.eval(interactive.script("gibbs-simplex"))
    return engine


@pytest.fixture
def play(engine):
    """Run the component through a list of events and return its state, picture and text."""

    def run(*events):
        call = f"lab.run('gibbs-simplex', {json.dumps(FIGURE.spec)}, {json.dumps(events)})"
        return json.loads(engine.eval(f"JSON.stringify({call})"))

    return run


def numbers(text):
    return [float(value.replace("−", "-")) for value in re.findall(r"[−]?\d+\.\d+", text)]


@pytest.mark.parametrize("temperature", [0.1, 1.0, 4.0])
def test_readout_agrees_with_the_library(play, temperature):
    shown = numbers(play(["set", "temperature", temperature])["text"])
    score, spread = START @ LOGITS, temperature * entropy(START)
    gap = temperature * kl_divergence(START, softmax(LOGITS / temperature))
    bound = temperature * logsumexp(LOGITS / temperature)
    np.testing.assert_allclose(shown, [*START, score, spread, score + spread, bound, gap], atol=5.1e-4)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 4.0])
def test_play_climbs_to_softmax(play, temperature):
    state = play(["set", "temperature", temperature], *[["step"]] * 200)["state"]
    np.testing.assert_allclose(state["q"], np.maximum(softmax(LOGITS / temperature), 0.002), atol=2e-3)


def test_every_step_gains(play):
    values = []
    for steps in range(12):
        q = np.array(play(*[["step"]] * steps)["state"]["q"])
        values.append(q @ LOGITS + entropy(q))
    assert np.all(np.diff(values) > 0)


def test_a_step_is_exponentiated_gradient_ascent(play):
    q = np.array(play(["set", "temperature", 2.0], ["step"])["state"]["q"])
    gradient = LOGITS - 2.0 * (np.log(START) + 1)
    np.testing.assert_allclose(q, softmax(np.log(START) + 0.15 / 2.0 * gradient), atol=1e-12)


def test_dragging_inverts_drawing(engine, play):
    (handle,) = json.loads(engine.eval(f"JSON.stringify(lab.get('gibbs-simplex').handles({{q: {START.tolist()}}}))"))
    moved = play(["move", "q", handle["x"], handle["y"]])["state"]["q"]
    np.testing.assert_allclose(moved, START, atol=1e-12)


def test_a_point_dragged_outside_stays_a_distribution(play):
    for x, y in [(0, 0), (1000, 1000), (-50, 400)]:
        q = np.array(play(["move", "q", x, y])["state"]["q"])
        assert np.all(q > 0)
        assert abs(q.sum() - 1) < 1e-12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1.0, 2.0]}, "three classes"),
        ({"labels": ["a", "b"]}, "three classes"),
        ({"logits": [1.0, np.inf, 0.0]}, "between -3 and 3"),
        ({"start": [0.5, 0.6, 0.1]}, "sum to 1"),
        ({"start": [-0.1, 0.6, 0.5]}, "sum to 1"),
        ({"temperature": 0.0}, "temperature must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.gibbs_simplex(**({"logits": LOGITS} | change))
