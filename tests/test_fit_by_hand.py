"""The data set that refits while it is dragged: the component without a browser, against SoftmaxRegression."""

import numpy as np
import pytest
from in_page import Page

from softmax_lib import interactive
from softmax_lib.regression import SoftmaxRegression

GENERATOR = np.random.default_rng(8)
TARGETS = np.repeat(np.arange(3), 6)
CENTERS = np.array([[-1.5, 0.5], [1.2, 1.2], [0.3, -1.6]])
POINTS = np.round(CENTERS[TARGETS] + 0.9 * GENERATOR.normal(size=(18, 2)), 3)
NAMES = ["a", "b", "c"]
FIGURE = interactive.fit_by_hand(POINTS, TARGETS, NAMES)
play = Page(FIGURE).play


def library_fit(points, C):
    model = SoftmaxRegression(C=C, solver="newton-cg", tol=0.0).fit(points, TARGETS)
    return np.column_stack([model.coef_, model.intercept_ - model.intercept_.mean()])


@pytest.mark.claim("Chapter 8: the fit that runs in the page is the fit of `softmax_lib`")
@pytest.mark.parametrize("log_c", [-3.0, 0.0, 1.0])
def test_the_page_finds_the_librarys_coefficients(log_c):
    theta = play(["set", "logC", log_c])["state"]["theta"]
    expected = library_fit(POINTS, 10.0**log_c)
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-8 * max(1, np.abs(expected).max()))


def test_the_page_is_at_the_minimum_also_with_hardly_any_penalty():
    model = SoftmaxRegression(C=1e4).fit(POINTS, TARGETS)
    theta = np.array(play(["set", "logC", 4.0])["state"]["theta"])
    model.coef_, model.intercept_ = theta[:, :2], theta[:, 2]
    np.testing.assert_allclose(np.column_stack(model.grad(POINTS, TARGETS)), 0, atol=1e-11)


def test_dragging_refits_and_stays_in_the_picture():
    state = play(["move", "3", 120.0, 300.0], ["move", "4", 9999, -50])["state"]
    assert state["chosen"] == 4
    assert state["points"][4] == [4, 4]
    np.testing.assert_allclose(state["theta"], library_fit(np.array(state["points"]), 1.0), atol=1e-8)
    assert play()["state"]["points"] == POINTS.tolist()


def test_a_drag_costs_a_handful_of_newton_steps():
    for x in range(100, 400, 20):
        assert play(["move", "0", x, 200])["state"]["iterations"] <= 12


def test_readout():
    run = play(["set", "chosen", 7])
    model = SoftmaxRegression().fit(POINTS, TARGETS)
    right = round(18 * model.score(POINTS, TARGETS))
    own = model.predict_proba(POINTS)[7, TARGETS[7]]
    assert f"{right} of 18 right" in run["text"]
    assert f"probability {own:.3f} for its own class" in run["text"]
    assert run["svg"].count('r="21"') == 18 - right  # one ring a mistake
    assert run["svg"].count("stroke: var(--lab-ink)") == 1  # the point in hand


def test_two_classes_have_one_straight_border():
    figure = interactive.fit_by_hand([[-1, 0], [1, 0.5], [0.5, -1], [-0.5, 1]], [0, 1, 1, 0], ["left", "right"])
    theta = np.array(play(spec=figure.spec)["state"]["theta"])
    np.testing.assert_allclose(theta.sum(0), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": POINTS[:, :1]}, "points must be an array of 2 to 40 × 2 numbers"),
        ({"points": POINTS * 9}, "between -4 and 4"),
        ({"names": ["a"]}, "2 to 4 names"),
        ({"targets": TARGETS[:-1]}, "targets must be 18 integers"),
        ({"targets": TARGETS * 0}, r"targets must use each of 0\.\.2"),
        ({"features": ["one"]}, "features must hold 2 names"),
        ({"C": 0.0}, "C must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    arguments = {"points": POINTS, "targets": TARGETS, "names": NAMES} | change
    with pytest.raises(ValueError, match=message):
        interactive.fit_by_hand(**arguments)
