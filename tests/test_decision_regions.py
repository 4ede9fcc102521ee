"""The interactive decision regions: the component without a browser, against softmax_lib."""

import numpy as np
import pytest
from in_page import Page

from softmax_lib import SoftmaxClassifier, cross_entropy, cross_entropy_gradient, interactive

GENERATOR = np.random.default_rng(4)
CENTERS = np.array([[-1.2, 0.4], [1.0, 1.0], [0.2, -1.3]])
TARGETS = np.repeat(np.arange(3), 20)
POINTS = np.round(CENTERS[TARGETS] + 0.6 * GENERATOR.normal(size=(60, 2)), 3)
WEIGHTS = np.array([[-0.9, 1.4, 0.1], [0.7, 0.6, -1.5]])
BIAS = np.array([0.2, -0.4, 0.1])
FIGURE = interactive.decision_regions(POINTS, TARGETS, ["a", "b", "c"], weights=WEIGHTS, bias=BIAS)
play = Page(FIGURE).play


def measured(text):
    """The three numbers of the readout: accuracy in percent, cross-entropy, confidence in percent."""
    accuracy, loss, confidence = text.replace("Accuracy ", "").split(", ")
    return float(accuracy.split()[0]), float(loss.split()[2]), float(confidence.split()[2])


@pytest.mark.parametrize("temperature", [0.1, 1.0, 5.0])
def test_readout_agrees_with_the_library(temperature):
    model = SoftmaxClassifier(WEIGHTS / temperature, BIAS / temperature)
    accuracy, loss, confidence = measured(play(["set", "temperature", temperature])["text"])
    assert accuracy == pytest.approx(100 * model.score(POINTS, TARGETS), abs=0.051)
    assert loss == pytest.approx(cross_entropy(model.decision_function(POINTS), TARGETS), abs=6e-4)
    assert confidence == pytest.approx(100 * model.predict_proba(POINTS).max(1).mean(), abs=0.051)


def test_temperature_changes_contours_but_no_region():
    cold, hot = (play(["set", "temperature", value])["svg"] for value in (0.5, 4.0))
    assert cold != hot
    assert regions(cold) == regions(hot)


def test_one_vector_added_to_every_class_moves_arrows_but_no_region():
    before, after = play(), play(["set", "shifted", True])
    np.testing.assert_allclose(np.ptp(np.subtract(after["state"]["weights"], WEIGHTS), axis=1), 0, atol=1e-12)
    assert after["svg"] != before["svg"]
    for one, other in zip(regions(before["svg"]), regions(after["svg"]), strict=True):
        np.testing.assert_allclose(corners(one), corners(other), atol=0.011)  # coordinates have two decimals
    assert play(["set", "shifted", True], ["set", "shifted", False])["text"] == before["text"]


def test_regions_tile_the_frame():
    assert sum(area(corners(shape)) for shape in regions(play()["svg"])) == pytest.approx(400**2, rel=1e-4)


def test_a_step_is_gradient_descent():
    state = play(["step"])["state"]
    slope = cross_entropy_gradient(POINTS @ WEIGHTS + BIAS, TARGETS)
    np.testing.assert_allclose(state["weights"], WEIGHTS - POINTS.T @ slope, atol=1e-12)
    np.testing.assert_allclose(state["biases"], BIAS - slope.sum(0), atol=1e-12)


def test_a_dragged_handle_sets_the_weights_and_the_sliders():
    state = play(["move", "2", 256, 110])[
        "state"
    ]  # the origin lies at (256, 210), an arrow is drawn at half its length
    np.testing.assert_allclose([row[2] for row in state["weights"]], [0.0, 3.2], atol=1e-12)
    assert (state["selected"], state["second"]) == (2, pytest.approx(3.2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": POINTS[:, :1]}, "points must be an array of 1 or more × 2 numbers"),
        ({"targets": TARGETS[:-1]}, "targets must be 60 integers"),
        ({"targets": TARGETS + 1}, "targets must lie in 0 to 2"),
        ({"names": ["a"]}, "2 to 4 names"),
        ({"features": ["one"]}, "features must hold 2 names"),
        ({"weights": WEIGHTS.T}, "weights must be an array of 2 × 3 numbers"),
        ({"bias": [0.0, np.nan, 0.0]}, "finite"),
        ({"temperature": 0.0}, "temperature must lie between"),
    ],
)
def test_bad_input_is_explained(change, message):
    arguments = {"points": POINTS, "targets": TARGETS, "names": ["a", "b", "c"]} | change
    with pytest.raises(ValueError, match=message):
        interactive.decision_regions(**arguments)


def regions(svg):
    """The point lists of the three filled regions (they are drawn at opacity 0.15)."""
    return [
        part.split('"')[0] for part in svg.split('<polygon points="')[1:] if 'fill-opacity="0.15"' in part.split(">")[0]
    ]


def corners(points):
    return np.array([pair.split(",") for pair in points.split()], dtype=float)


def area(polygon):
    x, y = polygon.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
