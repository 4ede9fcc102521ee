"""The softmax explorer: the component without a browser, against softmax_lib."""

import re

import numpy as np
import pytest
from in_page import Page

from softmax_lib import entropy, interactive, softmax

LOGITS, LABELS = [2.1, 0.3, -1.0], ["cat", "dog", "bird"]
PAGE = Page(interactive.softmax_explorer(LOGITS, LABELS))


def play(*events, **options):
    return PAGE.play(*events, spec=interactive.softmax_explorer(LOGITS, LABELS, **options).spec)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 5.0])
def test_readout_agrees_with_the_library(temperature):
    text = play(["set", "temperature", temperature])["text"]
    top, spread, most = (float(number) for number in re.findall(r"\d+\.\d+", text))
    expected = softmax(np.array(LOGITS) / temperature)
    assert text.startswith("Top class: cat")
    assert top == pytest.approx(expected.max(), abs=6e-4)
    assert spread == pytest.approx(entropy(expected), abs=6e-4)
    assert most == pytest.approx(np.log(3), abs=6e-4)


def test_adding_to_all_scores_moves_no_bar():
    still, moved = play(shift=True), play(["set", "shift", 3.5], shift=True)
    assert moved["svg"] == still["svg"]
    assert moved["text"] == "Scores 5.6, 3.8, 2.5. " + still["text"]


def test_the_common_slider_is_there_only_when_asked_for():
    assert "shift" not in play()["state"]
    assert play(shift=True)["state"]["shift"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0],), "2 to 10 numbers"),
        (([1.0, np.inf],), "finite"),
        (([1.0, 2.0], ["one"]), "labels must hold 2 names, not 1"),
        (([1.0, 2.0], None, 0.0), "between 0.1 and 5"),
    ],
)
def test_bad_input_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        interactive.softmax_explorer(*arguments)
