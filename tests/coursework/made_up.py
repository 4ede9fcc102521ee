"""A made-up assignment, its notebook, students and results, for the tests of what happens around the grading."""

from __future__ import annotations

import json
from pathlib import Path

from coursework.answers import Template, read_template
from coursework.assignment import Assignment, Limits, Question, Test
from coursework.gradebook import Entry
from coursework.results import SubmissionResult, TestResult
from coursework.submissions import Submission

MESSAGE = "Something overflows. Reread chapter 1, 'When it breaks'."
HIDDEN_MESSAGE = "Large <scores> & batches fail. Reread chapter 3, 'The shift, once more, as a theorem'."
SECRET_REASON = "AssertionError: softmax([731.25, 0]) gave nan"
TESTS = (
    Test("test_values", "q1", 1.0, False, MESSAGE),
    Test("test_hidden_huge", "q1", 3.0, True, HIDDEN_MESSAGE),
    Test("test_rows", "q2", 2.0, False, "Each row has its own sum."),
)
QUESTIONS = (
    Question("q1", 4.0, False, TESTS[:2]),
    Question("q2", 2.0, False, TESTS[2:]),
    Question("q3", 4.0, True, ()),
)
STUB = "def softmax(z):\n    ..."
LOCKED = {"editable": False, "deletable": False}


def code(source: str, **metadata: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def text(source: str, **metadata: object) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": metadata, "source": source.splitlines(keepends=True)}


def notebook(q1: str = STUB, q3: str = "", *, says: str | None = "hw01", extra: tuple = ()) -> dict[str, object]:
    """The handed-out notebook with a student's code and words in it."""
    written = text(q3 or "_Type your answer here, replacing this text._") | {"id": "q3-answer"}
    cells = [
        code("# Initialize Otter\nimport otter\ngrader = otter.Notebook()", **LOCKED),
        text("# The homework"),
        code("import numpy as np"),
        text("## Question 1 · Three lines\n\nWrite `softmax(z)`.", **LOCKED),
        code(q1),
        *extra,
        code('grader.check("q1")', **LOCKED),
        text("## Question 2 · Rows", **LOCKED),
        code("def rows(z):\n    ..."),
        code('grader.check("q2")', **LOCKED),
        text("<!-- BEGIN QUESTION -->\n\n## Question 3 · Why?\n\nSay why.", **LOCKED),
        written,
        text("<!-- END QUESTION -->", **LOCKED),
    ]
    metadata = {"otter": {"assignment_name": says}} if says else {}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(path: Path, q1: str = STUB, q3: str = "", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(q1, q3, **options)), encoding="utf-8")  # type: ignore[arg-type]
    return path


def assignment(folder: Path = Path("nowhere")) -> Assignment:
    return Assignment("hw01", "A softmax that survives", 60, (1, 3), 10.0, ("survive",), Limits(), QUESTIONS, folder)


def template(folder: Path) -> Template:
    write_notebook(folder / "handout.ipynb")
    return read_template(assignment(folder))


def result(
    student: str, passed: str = "", *, written: dict[str, float] | None = None, notes: tuple = ()
) -> SubmissionResult:
    """A result in which the tests named in `passed` passed."""
    tests = tuple(
        TestResult(t.name, t.question, t.points, t.points, t.hidden, True)
        if t.name in passed.split()
        else TestResult(t.name, t.question, 0.0, t.points, t.hidden, False, t.failure_message, SECRET_REASON)
        for t in TESTS
    )
    return SubmissionResult(student, f"{student}.ipynb", "hw01", tests, notes, written or {})


def entry(
    key: str,
    passed: str = "",
    *,
    name: str | None = None,
    ids: dict[str, str] | None = None,
    late: bool = False,
    written: dict[str, float] | None = None,
    notes: tuple = (),
    comments: dict[str, str] | None = None,
    graded: bool = True,
) -> Entry:
    submission = Submission(key, name or key, ids or {}, late, f"{key}.ipynb", f"{key}.ipynb", "hw01")
    return Entry(submission, result(key, passed, written=written, notes=notes) if graded else None, comments or {})
