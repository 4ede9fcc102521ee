"""The interactive loss surface: the component without a browser, against softmax_lib and SciPy."""

import re

import numpy as np
import pytest
from in_page import Page
from scipy.optimize import minimize

from softmax_lib import cross_entropy, cross_entropy_gradient, interactive

FEATURE = np.array([0.6, 0.6, 0.7, 0.9, 1.2, 1.9, 2.1, 2.1, 2.3, 2.4, 2.7, 2.7, 3.4, 3.4, 3.6, 4.3])
TARGETS = np.array([0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1])
RIDGE = 0.01
FIGURE = interactive.loss_surface(FEATURE, TARGETS, ridge=RIDGE)
play = Page(FIGURE).play


def _logits(parameters, feature=FEATURE):
    return np.column_stack([np.zeros_like(feature), parameters[0] * feature + parameters[1]])


def _loss(parameters):
    return cross_entropy(_logits(parameters), TARGETS) + 0.5 * RIDGE * parameters[0] ** 2


def _gradient(parameters):
    residual = cross_entropy_gradient(_logits(parameters), TARGETS)[:, 1]
    return np.array([residual @ FEATURE + RIDGE * parameters[0], residual.sum()])


def _lipschitz():
    design = np.column_stack([FEATURE, np.ones_like(FEATURE)])
    return np.linalg.eigvalsh(design.T @ design / len(FEATURE) / 4)[-1] + RIDGE


def _number(text, pattern):
    return float(re.search(pattern, text).group(1).replace("−", "-"))


def test_readout_agrees_with_the_library():
    text = play()["text"]
    best = minimize(_loss, [0.0, 0.0], jac=_gradient, tol=1e-12)
    assert _number(text, r"lowest loss, (\d+\.\d+)") == pytest.approx(best.fun, abs=6e-4)
    assert _number(text, r"L = (\d+\.\d+)") == pytest.approx(_lipschitz(), abs=6e-3)
    assert _number(text, r"with step ([\d.]+)") == pytest.approx(1 / _lipschitz(), rel=0.01)


def test_forty_steps_are_forty_steps_of_gradient_descent():
    parameters = np.array(FIGURE.spec["start"])
    for _ in range(40):
        parameters = parameters - _gradient(parameters) / _lipschitz()
    best = minimize(_loss, [0.0, 0.0], jac=_gradient, tol=1e-12).fun
    assert _number(play()["text"], r"end ([\d.e−]+) above") == pytest.approx(_loss(parameters) - best, rel=0.06)


def test_standardizing_makes_the_bowl_round():
    raw, round_bowl = play(["set", "rate", 2]), play(["set", "standardize", True], ["set", "rate", 2])
    assert _number(raw["text"], r"end ([\d.e−]+) above") > 1e-3
    assert "less than 1e−12" in round_bowl["text"]


def test_newton_arrives_from_near_and_diverges_from_far():
    near = play(["set", "method", "newton"], ["set", "w", 0.0], ["set", "b", 0.0])
    assert "less than 1e−12" in near["text"]
    far = play(["set", "method", "newton"])
    assert "diverges" in far["text"]
    for picture in (near, far):
        assert "NaN" not in picture["svg"]


def test_dragging_the_start_stays_in_the_picture():
    state = play(["move", "start", -500.0, 9000.0])["state"]
    assert (state["w"], state["b"]) == (-4, -8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], [0]), "one length"),
        (([1.0, 1.0], [0, 1]), "not all equal"),
        (([1.0, np.inf], [0, 1]), "finite"),
        (([1.0, 2.0], [1, 1]), "both of them"),
        (([1.0, 2.0], [0, 1], (9.0, 0.0)), "the w of start must lie between"),
        (([1.0, 2.0], [0, 1], (0.0, 0.0), 0.0), "ridge must be a finite number above 0"),
    ],
)
def test_bad_input_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        interactive.loss_surface(*arguments)
