"""The interactive wiring explorer: without a browser, against softmax_lib and finite differences."""

import itertools

import numpy as np
import pytest
from in_page import Page

from softmax_lib import cross_entropy, cross_entropy_gradient, interactive, softmax

LABELS = ["cat", "dog", "bird"]
FIGURE = interactive.wiring_explorer([4.0, 0.5, -2.0], LABELS)
PAGE = Page(FIGURE)
play = PAGE.play
OUTPUTS = {
    "softmax": softmax,
    "none": lambda z: z,
    "twice": lambda z: softmax(softmax(z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def of_probabilities(out, target):
    """Keras' sparse cross-entropy of probabilities: clipped, then normalized."""
    kept = np.clip(out, 1e-7, 1 - 1e-7)
    return -np.log(kept[target] / kept.sum())


LOSSES = {
    "probabilities": of_probabilities,
    "logits": cross_entropy,
    "squared": lambda out, target: np.mean((out - np.eye(3)[target]) ** 2),
}


def measure(logits, target, output, loss, recover=False):
    state = dict(zip(("z0", "z1", "z2"), map(float, logits), strict=True))
    state |= {"target": target, "output": output, "loss": loss, "recover": recover}
    return PAGE.call("measure", state)


@pytest.mark.parametrize(("output", "loss"), list(itertools.product(OUTPUTS, LOSSES)))
@pytest.mark.parametrize("logits", [(0.4, -1.1, 0.7), (2.0, 0.5, -3.0)])
def test_loss_and_gradient_agree_with_the_library(logits, output, loss):
    z, target = np.array(logits), 1

    def value(z):
        return LOSSES[loss](OUTPUTS[output](z), target)

    found = measure(z, target, output, loss)
    assert found["loss"] == pytest.approx(value(z), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(found["output"], OUTPUTS[output](z), rtol=1e-12)
    step = 1e-6 * np.eye(3)
    slopes = [(value(z + e) - value(z - e)) / 2e-6 for e in step]
    np.testing.assert_allclose(found["gradient"], slopes, atol=2e-9)
    np.testing.assert_allclose(found["right"], cross_entropy_gradient(z, target), atol=1e-12)


@pytest.mark.parametrize("loss", ["probabilities", "logits"])
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_recovery_gives_the_loss_of_the_logits(output, loss):
    z = np.array([25.0, -3.0, 0.0])
    found = measure(z, 1, output, loss, recover=True)
    assert found["recovered"]
    assert found["loss"] == pytest.approx(cross_entropy(z, 1), rel=1e-12)
    np.testing.assert_allclose(found["gradient"], cross_entropy_gradient(z, 1), atol=1e-12)


def test_recovery_looks_behind_one_softmax_only():
    z = np.array([25.0, -3.0, 0.0])
    assert measure(z, 1, "twice", "logits", recover=True)["loss"] == pytest.approx(cross_entropy(softmax(z), 1))
    assert not measure(z, 1, "none", "probabilities", recover=True)["recovered"]
    assert not measure(z, 1, "softmax", "squared", recover=True)["recovered"]


def test_a_clipped_probability_has_no_gradient():
    assert measure([25.0, -3.0, 0.0], 1, "softmax", "probabilities")["norm"] < 1e-7
    assert "0.0000; the cross-entropy" in play(["set", "z0", 30], ["set", "z1", -3], ["set", "target", 1])["text"]


def test_dragging_stays_on_the_axis_and_on_half_units():
    for height, wanted in [(-500, 30), (900, -30), (136, 0)]:
        assert play(["move", "1", 0, height])["state"]["z1"] == wanted
    assert (2 * play(["move", "0", 0, 93.7])["state"]["z0"]) % 1 == 0


def test_the_readout_says_when_outputs_are_no_probabilities():
    assert "no probabilities" in play(["set", "output", "none"])["text"]
    assert "no probabilities" not in play()["text"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1, 2]}, "3 numbers"),
        ({"logits": [1, 2, 31]}, "between -30 and 30"),
        ({"labels": ["a"]}, "3 names"),
        ({"target": 3}, "target must be"),
        ({"output": "tanh"}, "output must be"),
        ({"loss": "hinge"}, "loss must be"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.wiring_explorer(**({"logits": [1, 2, 3], "labels": LABELS} | change))
