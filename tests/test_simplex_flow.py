"""The interactive simplex with its Jacobian field and temperature path: without a browser, against softmax_lib."""

import re

import numpy as np
import pytest
from in_page import Page

from softmax_lib import entropy, interactive, softmax, softmax_jacobian, softmax_jvp

LOGITS = np.array([1.2, 0.4, -1.6])
FIGURE = interactive.simplex_flow(LOGITS, ["cat", "dog", "bird"])
PAGE = Page(FIGURE)
play = PAGE.play
CORNERS = np.array([[44.0, 40 + 392 * np.sqrt(3) / 2], [436.0, 40 + 392 * np.sqrt(3) / 2], [240.0, 40.0]])


def numbers(text):
    return [float(value.replace("−", "-")) for value in re.findall(r"−?\d+\.\d+", text)]


@pytest.mark.parametrize("temperature", [0.1, 1.0, 5.0])
def test_readout_agrees_with_the_library(temperature):
    p = softmax(LOGITS / temperature)
    top = np.linalg.eigvalsh(softmax_jacobian(p))[-1]
    shown = numbers(play(["set", "temperature", temperature])["text"])
    np.testing.assert_allclose(shown[:3], LOGITS, atol=5.1e-3)
    np.testing.assert_allclose(shown[3:9], [temperature, *p, entropy(p), top], atol=5.1e-4)


def test_field_and_eigenvalues_agree_with_the_library_to_1e_12():
    generator = np.random.default_rng(3)
    for _ in range(20):
        p, v = softmax(3 * generator.normal(size=3)), generator.normal(size=3)
        np.testing.assert_allclose(PAGE.call("apply", p, v), softmax_jvp(p, v), atol=1e-12)
        expected = np.linalg.eigvalsh(softmax_jacobian(p))[:0:-1]
        # The smaller of the two is a difference: its error is that of a square root.
        np.testing.assert_allclose(PAGE.call("eigenvalues", p), expected, atol=1e-12)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_dragged_point_becomes_softmax_of_its_scores(temperature):
    wanted = np.array([0.2, 0.5, 0.3])
    state = play(["set", "temperature", temperature], ["move", "point", *(wanted @ CORNERS)])["state"]
    np.testing.assert_allclose(softmax(np.array(state["logits"]) / temperature), wanted, atol=1e-12)
    assert sum(state["logits"]) == pytest.approx(0, abs=1e-12)


def test_a_point_dragged_outside_stays_inside():
    for x, y in [(-500, 900), (240, -400), (900, 379)]:
        p = softmax(np.array(play(["move", "point", x, y])["state"]["logits"]))
        assert p.min() > 5e-4
        assert np.isfinite(p).all()


def test_steps_cool_and_start_again():
    temperatures = [play(*[["step"]] * n)["state"]["temperature"] for n in range(70)]
    assert temperatures[1] == pytest.approx(0.96)
    assert min(temperatures) == pytest.approx(0.1)
    assert 5 in temperatures


def test_every_setting_draws_a_finite_picture():
    for field in ["own", "0", "1", "2"]:
        svg = play(["set", "field", field], ["set", "ellipse", True], ["set", "temperature", 0.1])["svg"]
        assert "NaN" not in svg
        assert "Infinity" not in svg
    center = play(["move", "point", *(np.full(3, 1 / 3) @ CORNERS)])["svg"]
    assert "NaN" not in center


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1.0, 2.0]}, "3 numbers"),
        ({"logits": [1.0, 2.0, np.inf]}, "finite"),
        ({"labels": ["a", "b"]}, "3 names"),
        ({"temperature": 0.0}, "temperature must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.simplex_flow(**({"logits": LOGITS} | change))
