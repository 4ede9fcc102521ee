"""The class's numbers against a second computation."""

import numpy as np
import pytest
from made_up import assignment, entry

from coursework.statistics import histogram, question_numbers, test_numbers, write_statistics

ALL = "test_values test_hidden_huge test_rows"
CLASS = (
    entry("a", ALL, written={"q3": 4.0}),
    entry("b", "test_values test_rows", written={"q3": 3.0}),
    entry("c", "test_values", written={"q3": 1.0}, late=True),
    entry("d", "", written={"q3": 0.0}),
    entry("e", "test_rows"),
    entry("f", graded=False),
)


def test_the_test_that_fails_most_comes_first():
    numbers = test_numbers(assignment(), CLASS)
    assert [(t.name, t.failed, t.graded) for t in numbers] == [
        ("test_hidden_huge", 4, 5),
        ("test_values", 2, 5),
        ("test_rows", 2, 5),
    ]
    assert numbers[0].share == 0.8


def test_ease_and_discrimination_are_mean_and_correlation():
    q1, q2, q3 = question_numbers(assignment(), CLASS)
    points = np.array([[4, 2, 4], [1, 2, 3], [1, 0, 1], [0, 0, 0], [0, 2, 0]], float)
    assert q1.ease == pytest.approx(points[:, 0].mean() / 4)
    assert q1.discrimination == pytest.approx(np.corrcoef(points[:, 0], points[:, 1:].sum(1))[0, 1])
    assert q2.discrimination == pytest.approx(np.corrcoef(points[:, 1], points[:, [0, 2]].sum(1))[0, 1])
    assert q3.marked == 4
    assert q3.discrimination == pytest.approx(np.corrcoef(points[:4, 2], points[:4, :2].sum(1))[0, 1])


def test_the_histogram_counts_everybody_once():
    counts = histogram(assignment(), CLASS)
    assert counts == np.histogram([10, 6, 2, 0, 2], bins=10, range=(0, 10))[0].tolist()


@pytest.mark.parametrize("students", [(), CLASS[:1], CLASS[5:], (entry("x", ALL), entry("y", ALL))])
def test_small_classes_do_no_harm(tmp_path, students):
    assert all(path.is_file() for path in write_statistics(tmp_path, assignment(), students))
    for numbers in question_numbers(assignment(), students):
        assert numbers.discrimination is None


def test_both_files_say_the_same_and_name_nobody(tmp_path):
    entries = [entry("somebody", ALL, name="Some Body"), *CLASS]
    page, text = (path.read_text(encoding="utf-8") for path in write_statistics(tmp_path, assignment(), entries))
    for words in ("6 graded, 1 of them late.", "With so few students", "2 written answers are not marked yet"):
        assert words in page
        assert words in text
    assert "| q1 `test_hidden_huge` | 4 of 6 | 67% |" in text
    assert "somebody" not in page + text
    assert "Some Body" not in page + text
    assert "&lt;scores&gt; &amp; batches" in page
