"""The report flags what was copied, whatever was renamed, and leaves alone what everybody writes."""

import random

import pytest
from made_up import template, write_notebook

from coursework.similarity import find_similar, write_similarity

COMMON = """
def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    shifted = z - z.max(axis=axis, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
"""
OWN = """
def softmax(z, axis=-1):
    # I walk through the rows, since I do not trust broadcasting
    result = []
    for row in np.atleast_2d(z):
        biggest = sorted(row)[-1]
        weights = [2.718281828 ** (value - biggest) for value in row]
        total = 0
        for weight in weights:
            total = total + weight
        result.append([weight / total for weight in weights])
    return np.array(result).reshape(np.shape(z))
"""


def renamed(code):
    for old, new in (
        ("biggest", "m"),
        ("weights", "ws"),
        ("weight", "w"),
        ("result", "out"),
        ("row", "line"),
        ("total", "s"),
    ):
        code = code.replace(old, new)
    return code.replace("    # I walk through the rows, since I do not trust broadcasting\n", "    # mine\n").replace(
        " = ", "="
    )


def various(number):
    """Honest solutions: the common one, with other names and small differences."""
    code = COMMON.replace("exponentials", random.Random(number).choice(["e", "exps", "numerator", "expz"]))
    return code if number % 3 else code.replace("    z = np.asarray(z, dtype=float)\n", "")


def answers(tmp_path, codes, words=None):
    measure = template(tmp_path)
    found = {}
    for name, code in codes.items():
        book = write_notebook(tmp_path / "in" / f"{name}.ipynb", code, (words or {}).get(name, ""))
        found[name] = measure.answers(book)
    return found, measure


def pairs(tmp_path, codes, words=None):
    return find_similar(*answers(tmp_path, codes, words))


@pytest.mark.parametrize("size", [0, 10, 40])
def test_a_renamed_copy_is_found_in_classes_of_every_size(tmp_path, size):
    codes = {f"honest{number}": various(number) for number in range(size)}
    found = pairs(tmp_path, codes | {"original": OWN, "copy": renamed(OWN)})
    assert [(pair.first, pair.second) for pair in found] == [("copy", "original")]
    assert found[0].score > 0.8
    assert set(found[0].questions) == {"q1"}


def test_what_everybody_writes_is_no_evidence(tmp_path):
    assert pairs(tmp_path, {f"honest{number}": various(number) for number in range(40)}) == []


def test_a_mistake_that_several_make_is_no_evidence(tmp_path):
    codes = {f"honest{number}": various(number) for number in range(12)}
    mistake = COMMON.replace("z.max(axis=axis, keepdims=True)", "z.max()").replace(
        "keepdims=True)", "keepdims=bool(1))"
    )
    assert pairs(tmp_path, codes | {f"wrong{number}": mistake for number in range(5)}) == []


def test_what_the_whole_small_class_has_does_no_harm(tmp_path):
    codes = {f"s{number}": COMMON + (OWN if number < 2 else "") for number in range(10)}
    assert [(pair.first, pair.second) for pair in pairs(tmp_path, codes)] == [("s0", "s1")]


def test_the_given_code_is_no_evidence(tmp_path):
    stub = "def softmax(z):\n    ..."
    assert pairs(tmp_path, dict.fromkeys(("a", "b", "c"), stub)) == []


def test_copied_words_are_found(tmp_path):
    words = (
        "Subtracting any constant from every score multiplies numerator and denominator by the very same factor, "
        "and so the quotient stays what it was before somebody touched it."
    )
    codes = {f"honest{number}": various(number) for number in range(12)}
    found = pairs(
        tmp_path,
        codes,
        {"honest1": words, "honest2": "Well: " + words.replace("the very", "the"), "honest3": "It cancels."},
    )
    assert [(pair.first, pair.second) for pair in found] == [("honest1", "honest2")]
    assert found[0].questions["q3"] > 0.6


def test_code_that_is_not_python_is_compared_all_the_same(tmp_path):
    broken = OWN.replace("for row in np.atleast_2d(z):", "for row in np.atleast_2d(z:").replace("]\n", "\n")
    found = pairs(tmp_path, {"a": broken, "b": renamed(broken), "c": COMMON})
    assert [(pair.first, pair.second) for pair in found] == [("a", "b")]


def test_the_report_has_the_pairs_side_by_side(tmp_path):
    evil = OWN.replace("rows, since", "rows, <script>alert(1)</script> since")
    found, measure = answers(tmp_path, {"orig<i>nal": evil, "copy": renamed(OWN), "other": COMMON})
    similar = find_similar(found, measure)
    page = write_similarity(tmp_path / "r", found, measure, similar).read_text(encoding="utf-8")
    [pair] = (tmp_path / "r/similarity").glob("*.html")
    side = pair.read_text(encoding="utf-8")
    assert 'href="similarity/pair-01.html"' in page
    assert "proves nothing" in page
    assert "<i>" not in page + side
    assert "<script" not in page + side
    assert "<mark>        weights = [2.718281828 ** (value - biggest) for value in row]</mark>" in side
    assert "other" not in side.split("</style>")[1]
    write_similarity(tmp_path / "r", found, measure, [])
    assert not list((tmp_path / "r/similarity").glob("*.html"))


def test_a_class_of_hundreds_is_compared_quickly(tmp_path):
    measure = template(tmp_path)
    found, _ = answers(tmp_path, {"original": OWN, "copy": renamed(OWN)})
    common, _ = answers(tmp_path, {f"c{number}": various(number) for number in range(12)})
    many = list(common.values())
    everybody = found | {f"student{number}": many[number % len(many)] for number in range(800)}
    assert [(pair.first, pair.second) for pair in find_similar(everybody, measure)] == [("copy", "original")]
