"""The interactive triangle of softmax, entmax, sparsemax and argmax: without a browser, against softmax_lib."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_page import Page

from softmax_lib import entmax15, interactive, softmax, sparsemax

LOGITS = np.array([0.6, 0.3, -0.9])
FIGURE = interactive.choice_maps(LOGITS, ["cat", "dog", "bird"])
PAGE = Page(FIGURE)
play = PAGE.play

three_scores = st.lists(st.floats(-30, 30).map(lambda v: round(v, 6)), min_size=3, max_size=3)


def numbers(text):
    return [float(value.replace("−", "-")) for value in re.findall(r"[−]?\d+(?:\.\d+)?", text)]


@given(three_scores)
def test_maps_agree_with_the_library(z):
    np.testing.assert_allclose(PAGE.call("sparsemax", z), sparsemax(z), atol=1e-12, rtol=0)
    np.testing.assert_allclose(PAGE.call("entmax15", z), entmax15(z), atol=1e-12, rtol=0)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 4.0])
def test_readout_agrees_with_the_library(temperature):
    text = play(["set", "temperature", temperature])["text"]
    for name, function in {"Softmax": softmax, "1.5-entmax": entmax15, "Sparsemax": sparsemax}.items():
        shown = numbers(re.search(rf"{name}: (.*?)\. (?=[A-Z1])", text)[1])
        np.testing.assert_allclose(shown, function(LOGITS / temperature), atol=5.1e-4)
    assert text.endswith("Argmax: cat.")


def test_an_exact_zero_is_shown_without_decimals():
    assert "Sparsemax: cat 0.650, dog 0.350, bird 0." in play()["text"]


def test_dragging_inverts_drawing():
    (handle,) = PAGE.call("handles", play()["state"], FIGURE.spec)
    moved = play(["move", "scores", handle["x"], handle["y"]])["state"]["logits"]
    np.testing.assert_allclose(moved, LOGITS - LOGITS.mean(), atol=1e-12)


@pytest.mark.parametrize("place", [(-100, -100), (1000, 20), (240, 900)])
def test_scores_dragged_away_stay_in_the_picture(place):
    state = play(["move", "scores", *place])["state"]
    (handle,) = PAGE.call("handles", state, FIGURE.spec)
    assert 0 < handle["x"] < 480
    assert 0 < handle["y"] < 392
    assert abs(sum(state["logits"])) < 1e-12


def test_scores_inside_the_triangle_are_their_own_sparsemax():
    centroid_shift = np.array([0.2, -0.1, -0.1])
    assert np.allclose(sparsemax(centroid_shift), centroid_shift + 1 / 3)
    assert np.allclose(PAGE.call("sparsemax", centroid_shift), centroid_shift + 1 / 3)


def test_play_cools_and_starts_again():
    temperatures = [play(*[["step"]] * n)["state"]["temperature"] for n in (0, 20, 57, 58)]
    assert temperatures[0] > temperatures[1] > temperatures[2] == 0.1
    assert temperatures[3] == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": [1.0, 2.0]}, "3 numbers"),
        ({"labels": ["a", "b"]}, "3 names"),
        ({"logits": [5.0, 0.0, 0.0]}, "within 1 of"),
        ({"logits": [np.nan, 0.0, 0.0]}, "finite"),
        ({"temperature": 0.0}, "temperature must lie"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.choice_maps(**({"logits": LOGITS} | change))
