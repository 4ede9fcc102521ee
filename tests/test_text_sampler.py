"""The character model that writes: without a browser, against a second implementation and softmax_lib's filters."""

from collections import Counter

import numpy as np
import pytest
from in_page import Page

from softmax_lib import datasets, interactive, softmax, top_k_filter, top_p_filter

TEXT = " ".join(datasets.load_wonderland()[:8000].lower().split())
FIGURE = interactive.text_sampler(TEXT, prompt="alice ")
PAGE = Page(FIGURE)
play = PAGE.play
ALPHABET = FIGURE.spec["alphabet"]


def next_character(context, order):
    """The definition, by scanning the text: followers of the last n characters, mixed with those of the last n - 1."""
    p = np.full(len(ALPHABET), 1 / len(ALPHABET))
    for n in range(min(order, len(context)) + 1):
        tail = context[len(context) - n :]
        followers = Counter(TEXT[i + n] for i in range(len(TEXT) - n) if TEXT.startswith(tail, i))
        if not followers:
            break
        counts = np.array([followers[c] for c in ALPHABET])
        p = (counts + len(followers) * p) / (counts.sum() + len(followers))
    return p


@pytest.mark.parametrize("order", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("context", ["", "a", "the rabb", "rabbit zq", "zzzz", "alice "])
def test_the_model_agrees_with_its_definition(context, order):
    p = np.array(PAGE.call("next", FIGURE.spec, order, context))
    np.testing.assert_allclose(p, next_character(context, order), rtol=1e-12)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert p.min() > 0


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.1])
@pytest.mark.parametrize(("k", "top_p"), [(len(ALPHABET), 1.0), (5, 1.0), (len(ALPHABET), 0.9), (8, 0.55), (1, 1.0)])
def test_reshaping_agrees_with_the_library(temperature, k, top_p):
    p = next_character("the qu", 1)
    found = PAGE.call("reshape", p, temperature, k, top_p)
    wanted = softmax(top_p_filter(top_k_filter(np.log(p) / temperature, k), top_p))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_it_writes_characters_of_its_text_and_the_same_ones_again():
    first = play(["set", "more", True], ["step"])["state"]["written"]
    assert len(first) == len("alice ") + 61
    assert set(first) <= set(ALPHABET)
    assert first == play(*[["step"]] * 61)["state"]["written"]
    assert first != play(["set", "seed", True], ["set", "more", True], ["step"])["state"]["written"]


def test_with_one_candidate_it_writes_the_most_likely_character():
    written = play(["set", "k", 1], ["step"])["state"]["written"]
    assert written[-1] == ALPHABET[next_character("alice ", 5).argmax()]


def test_frequencies_follow_the_distribution():
    """20 000 first characters with seeds 0 to 19 999; five standard errors."""
    p = next_character("alice ", 2)
    draws = PAGE.apply(
        "(spec) => { const q = lab.get('text-sampler').next(spec, 2, 'alice '), n = q.map(() => 0);"
        " for (let s = 0; s < 20000; s++) n[lab.math.rng(s).choice(q)] += 1; return n; }",
        FIGURE.spec,
    )
    error = np.sqrt(p * (1 - p) / 20_000)
    assert np.all(np.abs(np.array(draws) / 20_000 - p) < 5 * error + 1e-4)


def test_the_page_ends():
    result = play(*[["set", "more", True]] * 21)
    assert len(result["state"]["written"]) == 1200
    assert "page is full" in result["text"]


def test_the_readout_begins_with_what_was_drawn():
    """The page speaks the readout: a listener hears the draw first, with its probability or its cost."""
    one = play(["step"])
    c = one["state"]["written"][-1]
    chance = next_character("alice ", 5)[ALPHABET.index(c)]
    assert one["text"].startswith(f"Drew {'space' if c == ' ' else c}, which had probability {chance:.3f}.")

    many = play(["set", "T", 0.7], ["set", "more", True])
    written, bits = many["state"]["written"], 0.0
    for i in range(6, 66):
        q = softmax(np.log(next_character(written[max(0, i - 5) : i], 5)) / 0.7)
        bits -= np.log2(q[ALPHABET.index(written[i])])
    assert many["text"].startswith(f"Drew 60 characters at {bits / 60:.2f} bits each: “{written[6:].strip()}”.")
    assert "Text so far" not in many["text"]

    for change in (["set", "k", 5], ["set", "seed", True]):
        assert "Drew" not in play(["step"], change)["text"]


def test_readout_counts_what_is_left():
    assert "3 of" in play(["set", "k", 3])["text"]
    assert "0.00 bits" in play(["set", "k", 1])["text"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "short"}, "100 to 60 000"),
        ({"prompt": "Ä"}, "text lacks"),
        ({"order": 4}, "order must be"),
        ({"temperature": 0.0}, "temperature must"),
        ({"top_k": 0}, "top_k must"),
        ({"top_p": 0.0}, "top_p must"),
    ],
)
def test_bad_input_is_explained(change, message):
    with pytest.raises(ValueError, match=message):
        interactive.text_sampler(**({"text": TEXT} | change))
