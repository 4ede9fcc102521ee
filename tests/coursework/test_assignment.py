"""`assignment.toml`, `assignment.json` and results: what they hold, and what is said when they are wrong."""

import json

import pytest
from example import build

from coursework.assignment import Limits, SettingsError, load_assignment, read_settings
from coursework.results import SubmissionResult, TestResult

GOOD = """
title = "A softmax that survives"
minutes = 90
chapters = [1, 2]
points = 20
objectives = ["Write it", "Test it"]

[sandbox]
packages = ["numpy", "keras"]
preload = ["keras"]
call_seconds = 2
"""


def test_settings_are_read(tmp_path):
    (tmp_path / "assignment.toml").write_text(GOOD)
    settings = read_settings(tmp_path / "assignment.toml")
    assert (settings.title, settings.minutes, settings.chapters) == ("A softmax that survives", 90, (1, 2))
    assert settings.objectives == ("Write it", "Test it")
    assert settings.limits == Limits(packages=("numpy", "keras"), preload=("keras",), call_seconds=2.0)
    assert isinstance(settings.points, float)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes = 90", "", "missing key minutes"),
        ("minutes = 90", "minutes = '90'", "minutes must be a whole number, not '90'"),
        ("minutes = 90", "minutes = true", "minutes must be a whole number, not True"),
        ("minutes = 90", "minutes = -1", "must be positive"),
        ("[1, 2]", "[1, 'two']", "chapters must be a list of whole numbers"),
        ("title", "titel", "unknown key titel"),
        ("call_seconds = 2", "call_seconds = 0", r"\[sandbox\] call_seconds must be positive"),
        ("call_seconds = 2", "seconds = 2", "unknown key seconds"),
        ('preload = ["keras"]', 'preload = ["jax"]', "preload has jax, which packages does not allow"),
        ("[sandbox]", "sandbox = 3\n[other]", r"\[sandbox\] must be a table"),
        ("title", "= title", "not valid TOML"),
    ],
)
def test_mistakes_in_settings_are_named(tmp_path, old, new, message):
    (tmp_path / "assignment.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SettingsError, match=message) as caught:
        read_settings(tmp_path / "assignment.toml")
    assert str(tmp_path / "assignment.toml") in str(caught.value)


def test_assignment_comes_back_as_it_was_saved(tmp_path):
    assignment = build(tmp_path)
    assert load_assignment(tmp_path) == assignment
    assert assignment.folder == tmp_path.resolve()
    assert [question.name for question in assignment.questions] == ["q1", "q2", "q3", "q4"]
    assert len(list(assignment.tests)) == 7


def change_points(record):
    record["questions"][0]["tests"][0]["points"] = 3


def change_total(record):
    record["points"] = 99


def repeat_question(record):
    record["questions"][1]["name"] = "q1"


def repeat_test(record):
    record["questions"][0]["tests"][1]["name"] = record["questions"][0]["tests"][0]["name"]


def move_test(record):
    record["questions"][0]["tests"][0]["question"] = "q2"


def take_points(record):
    record["questions"][0]["tests"][0]["points"] = -1


def lose_key(record):
    del record["questions"][0]["manual"]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (change_points, "the tests of q1 add up to 6, not 4"),
        (change_total, "add up to 10 points, not 99"),
        (repeat_question, "two questions have one name"),
        (repeat_test, "two tests of q1 have one name"),
        (move_test, "names another question"),
        (take_points, "takes points away"),
        (lose_key, "build it again"),
    ],
)
def test_assignment_that_does_not_fit_together_is_refused(tmp_path, mistake, message):
    build(tmp_path)
    path = tmp_path / "assignment.json"
    record = json.loads(path.read_text())
    mistake(record)
    path.write_text(json.dumps(record))
    with pytest.raises(SettingsError, match=message):
        load_assignment(tmp_path)


def test_assignment_that_was_not_built_is_missed(tmp_path):
    with pytest.raises(SettingsError, match="make coursework"):
        load_assignment(tmp_path)


def test_result_counts_points_by_question():
    tests = (
        TestResult("a", "q1", 1.0, 1.0, False, True),
        TestResult("b", "q1", 0.0, 2.0, True, False, "Reread.", "AssertionError"),
        TestResult("c", "q2", 0.5, 0.5, False, True),
    )
    result = SubmissionResult("ada", "ada.ipynb", "hw01", tests, ("a note",), {"q3": 1.5}, 0.1, "0" * 64)
    assert result.by_question() == {"q1": (1.0, 3.0), "q2": (0.5, 0.5)}
    assert (result.points, result.possible) == (3.0, 3.5)
    assert SubmissionResult.from_json(result.to_json()) == result


@pytest.mark.parametrize("points", [-1.0, 1.5, float("nan")])
def test_result_beyond_what_is_possible_cannot_be_made(points):
    with pytest.raises(ValueError, match="cannot be"):
        TestResult("a", "q1", points, 1.0, False, True)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"tests": [{}]}', '{"tests": [], "notes": []}'])
def test_what_is_not_a_result_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (JSON's own messages too)
        SubmissionResult.from_json(text)
