"""A small built assignment and notebooks for it: what the tests of the grader grade."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from coursework.assignment import Assignment, Limits, Question, Test, load_assignment, save_assignment

LIMITS = Limits(packages=("numpy",), call_seconds=1.0, notebook_seconds=2.0, memory_mb=256)

# In the form that Otter generates.
TESTS = {
    "q1": """
from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = None

@test_case(points=1, hidden=False, failure_message="The rows do not sum to one.")
def test_rows_sum_to_one(softmax, np):
    logits = np.arange(6.0).reshape(2, 3)
    assert np.allclose(softmax(logits).sum(axis=-1), 1.0)

@test_case(points=1, hidden=False, failure_message="Large logits overflow.")
def test_large_logits(softmax, np):
    with np.errstate(over="raise", invalid="raise"):
        assert np.allclose(softmax(np.array([1000.0, 0.0])), [1.0, 0.0])

@test_case(points=2, hidden=True, failure_message="The input changes.")
def test_hidden_no_mutation(softmax, np):
    from coursework.secret import generator

    logits = generator("example.q1").normal(size=(4, 5))
    before = logits.copy()
    expected = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(softmax(logits), expected)
    assert np.array_equal(logits, before), "softmax changed its input"
""",
    "q2": """
from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = None

@test_case(points=1, hidden=False, failure_message="Two equal logits have entropy log 2.")
def test_two(entropy, np):
    assert abs(entropy(np.array([0.5, 0.5])) - np.log(2)) < 1e-12

@test_case(points=1, hidden=True, failure_message="A certain outcome has entropy zero.")
def test_hidden_certain(entropy, np):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert entropy(np.array([1.0, 0.0])) == 0.0
""",
    "q3": """
from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = None

@test_case(points=2, hidden=False, failure_message="Think of three equal logits.")
def test_answer(answer):
    assert answer == {"classes": 3, "probabilities": [1 / 3, 1 / 3, 1 / 3]}

@test_case(points=1, hidden=True, failure_message="No logits, no softmax.")
def test_hidden_empty(check_logits, np):
    try:
        check_logits(np.array([]))
    except ValueError as error:
        assert "empty" in str(error)
    else:
        raise AssertionError("no ValueError for empty logits")
""",
}

Q1 = """
def softmax(logits):
    shifted = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
"""

Q2 = """
def entropy(probabilities):
    seen = probabilities[probabilities > 0]
    return -np.sum(seen * np.log(seen)) + 0.0
"""

Q3 = """
answer = {"classes": 3, "probabilities": [1 / 3] * 3}

def check_logits(logits):
    if len(logits) == 0:
        raise ValueError("the logits are empty")
"""

START = "# Initialize Otter\nimport otter\ngrader = otter.Notebook('example.ipynb')"
IMPORTS = "import numpy as np"
EXPORT = "grader.export(pdf=False, run_tests=True)"
HONEST = {"q1": Q1, "q2": Q2, "q3": Q3}
FULL = {"q1": 4.0, "q2": 2.0, "q3": 3.0}

_TESTS = {
    "q1": [("test_rows_sum_to_one", 1.0), ("test_large_logits", 1.0), ("test_hidden_no_mutation", 2.0)],
    "q2": [("test_two", 1.0), ("test_hidden_certain", 1.0)],
    "q3": [("test_answer", 2.0), ("test_hidden_empty", 1.0)],
}


def build(folder: Path, limits: Limits = LIMITS, tests: dict[str, str] = TESTS) -> Assignment:
    """Write the instructor's side of the example into `folder`."""
    questions = [
        Question(
            question,
            FULL[question],
            False,
            tuple(
                Test(name, question, points, "hidden" in name, f"{name} failed.") for name, points in _TESTS[question]
            ),
        )
        for question in tests
    ]
    questions.append(Question("q4", 1.0, True, ()))
    points = sum(question.points for question in questions)
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    for question, source in tests.items():
        (folder / "tests" / f"{question}.py").write_text(source)
    assignment = Assignment("example", "An example", 5, (1,), points, ("grade",), limits, tuple(questions), folder)
    save_assignment(assignment, folder)
    return load_assignment(folder)


def notebook(cells: Sequence[str]) -> str:
    """A notebook of these code cells, with a text cell before each, as JSON."""
    record = []
    for source in cells:
        record.append({"cell_type": "markdown", "metadata": {}, "source": ["Write it **here**."]})
        record.append({"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source})
    return json.dumps({"cells": record, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def student(**replaced: str) -> str:
    """A submission: the honest one, with some questions answered otherwise (`extra` comes last)."""
    cells = [START, IMPORTS]
    for question, source in (HONEST | replaced).items():
        cells += [source, f"grader.check({question!r})"]
    return notebook([*cells, EXPORT])
