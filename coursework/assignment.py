"""What an assignment is: its settings, its questions and their tests, and where the instructor's side of it lies.

`assignment.toml`, written by the author, holds the settings; `assignment.json`, written by the builder into the
instructor's folder, holds the settings and the questions. The grader needs that folder only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Assignment", "Limits", "Question", "Settings", "SettingsError", "Test"]
__all__ += ["load_assignment", "read_settings", "save_assignment"]

DESCRIPTION = "assignment.json"


class SettingsError(ValueError):
    """`assignment.toml` or `assignment.json` does not say what it must."""


@dataclass(frozen=True)
class Test:
    """One test of a question: a function of the generated test file."""

    __test__ = False  # not a class of tests, whatever its name makes pytest think

    name: str
    question: str
    points: float
    hidden: bool
    failure_message: str


@dataclass(frozen=True)
class Question:
    """A question with its tests, or, when `manual`, a written one that a person marks."""

    name: str
    points: float
    manual: bool
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Limits:
    """What the sandbox gives a submission.

    Attributes
    ----------
    packages : the third-party top-level packages that the student's code may import (what they need comes along)
    preload : packages that are imported once, before the submissions: for those that take seconds
    call_seconds : wall clock of one call of a student's function
    notebook_seconds : wall clock of all cells of the notebook
    memory_mb : memory of the student's process, beyond what the interpreter and the packages take
    files : files or folders of the repository that the student's code may read, as paths from its root
    """

    packages: tuple[str, ...] = ("numpy",)
    preload: tuple[str, ...] = ()
    call_seconds: float = 5.0
    notebook_seconds: float = 60.0
    memory_mb: int = 2048
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The content of `assignment.toml`."""

    title: str
    minutes: int
    chapters: tuple[int, ...]
    points: float
    objectives: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Assignment:
    """A built assignment: settings, questions, and the instructor's folder that holds its `tests/`."""

    name: str
    title: str
    minutes: int
    chapters: tuple[int, ...]
    points: float
    objectives: tuple[str, ...]
    limits: Limits
    questions: tuple[Question, ...]
    folder: Path

    @property
    def tests(self) -> Iterator[Test]:
        """All tests, question by question."""
        return (test for question in self.questions for test in question.tests)


def read_settings(toml: Path) -> Settings:
    """Read `assignment.toml`.

    Raises
    ------
    SettingsError
        Naming the file, the key, what was found and what is needed.
    """
    try:
        table = tomllib.loads(Path(toml).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{toml} is not valid TOML: {error}") from error
    sandbox = table.pop("sandbox", {})
    if not isinstance(sandbox, dict):
        raise SettingsError(f"{toml}: [sandbox] must be a table")
    where = f"{toml}: "
    top = {"title": str, "minutes": int, "chapters": (int,), "points": float, "objectives": (str,)}
    values = _checked(table, top, where, required=True)
    if values["minutes"] <= 0 or values["points"] <= 0:
        raise SettingsError(f"{where}minutes and points must be positive")
    return Settings(**values, limits=_limits(sandbox, f"{toml}: [sandbox] "))


def save_assignment(assignment: Assignment, folder: Path) -> Path:
    """Write `assignment.json` into `folder` (made if missing); `assignment.folder` itself is not written."""
    record = asdict(assignment)
    del record["folder"]
    path = Path(folder) / DESCRIPTION
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load_assignment(folder: Path) -> Assignment:
    """Read the `assignment.json` that the builder wrote into an instructor's folder.

    Raises
    ------
    SettingsError
        When it is missing, or its points or names do not fit together.
    """
    folder = Path(folder)
    path = folder / DESCRIPTION
    if not path.is_file():
        raise SettingsError(f"{path} is missing: build the assignments first (make coursework)")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        questions = tuple(
            Question(**{**question, "tests": tuple(Test(**test) for test in question["tests"])})
            for question in record.pop("questions")
        )
        limits = _limits(record.pop("limits"), f"{path}: limits ")
        lists = {key: tuple(record.pop(key)) for key in ("chapters", "objectives")}
        assignment = Assignment(**record, **lists, limits=limits, questions=questions, folder=folder.resolve())
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise SettingsError(f"{path} does not describe an assignment ({error}): build it again") from error
    _check_questions(assignment, path)
    return assignment


def _check_questions(assignment: Assignment, path: Path) -> None:
    names = [question.name for question in assignment.questions]
    if len(set(names)) < len(names):
        raise SettingsError(f"{path}: two questions have one name: {', '.join(names)}")
    for question in assignment.questions:
        tests = [test.name for test in question.tests]
        if len(set(tests)) < len(tests):
            raise SettingsError(f"{path}: two tests of {question.name} have one name: {', '.join(tests)}")
        if any(test.question != question.name for test in question.tests):
            raise SettingsError(f"{path}: a test of {question.name} names another question")
        if any(test.points < 0 for test in question.tests):
            raise SettingsError(f"{path}: a test of {question.name} takes points away")
        total = sum(test.points for test in question.tests)
        if question.tests and not isclose(total, question.points, abs_tol=1e-9):
            raise SettingsError(f"{path}: the tests of {question.name} add up to {total:g}, not {question.points:g}")
    total = sum(question.points for question in assignment.questions)
    if not isclose(total, assignment.points, abs_tol=1e-9):
        raise SettingsError(f"{path}: the questions add up to {total:g} points, not {assignment.points:g}")


def _limits(table: Mapping[str, Any], where: str) -> Limits:
    kinds = {"packages": (str,), "preload": (str,), "call_seconds": float, "notebook_seconds": float}
    kinds |= {"memory_mb": int, "files": (str,)}
    limits = Limits(**_checked(table, kinds, where, required=False))
    for key in ("call_seconds", "notebook_seconds", "memory_mb"):
        if getattr(limits, key) <= 0:
            raise SettingsError(f"{where}{key} must be positive")
    if unknown := set(limits.preload) - set(limits.packages):
        raise SettingsError(f"{where}preload has {', '.join(sorted(unknown))}, which packages does not allow")
    return limits


def _checked(table: Mapping[str, Any], kinds: Mapping[str, Any], where: str, *, required: bool) -> dict[str, Any]:
    """The values of `table`, of the given kinds: a type, or (type,) for a list of it, which becomes a tuple."""
    if unknown := set(table) - set(kinds):
        known = ", ".join(kinds)
        raise SettingsError(f"{where}unknown key {', '.join(sorted(unknown))} (the keys are {known})")
    if required and (missing := set(kinds) - set(table)):
        raise SettingsError(f"{where}missing key {', '.join(sorted(missing))}")
    values = {}
    for key, value in table.items():
        kind = kinds[key]
        if isinstance(kind, tuple):
            if not (isinstance(value, (list, tuple)) and all(_is_a(item, kind[0]) for item in value)):
                raise SettingsError(f"{where}{key} must be a list of {_NAMES[kind[0]]}s, not {value!r}")
            values[key] = tuple(value)
        elif not _is_a(value, kind):
            raise SettingsError(f"{where}{key} must be a {_NAMES[kind]}, not {value!r}")
        else:
            values[key] = kind(value)
    return values


_NAMES = {str: "string", int: "whole number", float: "number"}


def _is_a(value: Any, kind: type) -> bool:
    return isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
