"""The interactive soft maximum: without a browser, against softmax_lib."""

import numpy as np
import pytest
from in_page import Page

from softmax_lib import interactive, logsumexp, softmax

FIGURE = interactive.soft_maximum(position=0.4)
PAGE = Page(FIGURE)
play = PAGE.play


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("temperature", [0.1, 0.7, 1.5])
@pytest.mark.parametrize("x", [-3.0, 0.0, 0.4, 3.0])
def test_numbers_agree_with_the_library(x, temperature, classes):
    z = np.array([x] + [0.0] * (classes - 1))
    found = PAGE.call("measure", {"position": x, "temperature": temperature, "classes": classes})
    p = softmax(z / temperature)
    wanted = {
        "hard": z.max(),
        "soft": temperature * logsumexp(z / temperature),
        "upper": z.max() + temperature * np.log(classes),
        "mean": p @ z,
        "slope": p[0],
    }
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-12), name


def test_dragging_follows_the_hand_within_the_axis():
    (handle,) = PAGE.call("handles", play()["state"])
    assert play(["move", "x", handle["x"], 0])["state"]["position"] == pytest.approx(0.4, abs=1e-12)
    assert play(["move", "x", -50, 0])["state"]["position"] == -3
    assert play(["move", "x", 900, 0])["state"]["position"] == 3


def test_play_cools_and_starts_again():
    temperatures = [play(*[["step"]] * n)["state"]["temperature"] for n in range(80)]
    assert min(temperatures) == pytest.approx(0.1)
    assert 1.5 in temperatures


def test_the_readout_names_the_slope():
    assert f"softmax of x, is {softmax([0.4, 0.0])[0]:.3f}" in play()["text"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position": 4}, "position must lie"),
        ({"temperature": 2}, "temperature must lie"),
        ({"classes": 5}, "classes must be"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.soft_maximum(**change)
