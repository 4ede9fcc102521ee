"""The gradebook: a line a student, points and reasons a question. For the instructor's eyes: reasons quote hidden tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .assignment import Assignment
from .results import SubmissionResult
from .submissions import Problem, Submission
from .tables import write_table

__all__ = ["Entry", "backup", "write_gradebook", "write_problems"]


@dataclass(frozen=True)
class Entry:
    """A student's submission and what became of it.

    Attributes
    ----------
    result : what grading gave; None where the grader did not come to it
    comments : question → what the person who marked it wants to say
    listed_as : the name in the class list, where there is one
    """

    submission: Submission
    result: SubmissionResult | None
    comments: dict[str, str] = field(default_factory=dict)
    listed_as: str = ""

    @property
    def name(self) -> str:
        return self.listed_as or self.submission.name

    @property
    def key(self) -> str:
        return self.submission.key

    def scores(self, assignment: Assignment) -> dict[str, float | None]:
        """Question → points; None for what nobody has marked yet."""
        if self.result is None:
            return dict.fromkeys((question.name for question in assignment.questions), None)
        tested = self.result.by_question()
        scores: dict[str, float | None] = {}
        for question in assignment.questions:
            points = tested[question.name][0] if question.name in tested else None
            if question.manual:
                points = self.result.written.get(question.name)
            scores[question.name] = points
        return scores

    def total(self, assignment: Assignment) -> float | None:
        """The sum of what is marked; None where nothing is."""
        if self.result is None:
            return None
        return sum(points for points in self.scores(assignment).values() if points is not None)

    def to_mark(self, assignment: Assignment) -> list[str]:
        """The written questions that wait for a person."""
        scores = self.scores(assignment)
        return [question.name for question in assignment.questions if question.manual and scores[question.name] is None]


def write_gradebook(
    path: Path, assignment: Assignment, entries: Sequence[Entry], problems: Sequence[Problem] = ()
) -> Path | None:
    """Write the gradebook; return the backup of an older one that said something else, if there was one."""
    names = [question.name for question in assignment.questions]
    header = ["student", "name", "late", *names, "total", "possible", "to mark", *(f"{name} reasons" for name in names)]
    header += ["notes", "source"]
    rows = [_row(entry, assignment, problems) for entry in entries]
    graded = {entry.submission.name for entry in entries}
    for problem in problems:
        if problem.student and problem.student not in graded:
            graded.add(problem.student)
            mine = "; ".join(f"{p.origin}: {p.what}" for p in problems if p.student == problem.student)
            rows.append({"student": problem.student, "name": problem.student, "notes": f"NOT GRADED: {mine}"})
    kept = backup(path)
    write_table(path, header, rows)
    if kept and kept.read_bytes() == path.read_bytes():
        kept.unlink()
        return None
    return kept


def _row(entry: Entry, assignment: Assignment, problems: Sequence[Problem]) -> dict[str, object]:
    row: dict[str, object] = {"student": entry.key, "name": entry.name, "source": entry.submission.origin}
    row["late"] = "late" if entry.submission.late else ""
    notes = [f"{p.origin}: {p.what}" for p in problems if p.student == entry.submission.name]
    if entry.result is None:
        return row | {"notes": "; ".join(["NOT GRADED: the grader did not come to it", *notes])}
    row |= entry.scores(assignment)
    row |= {"total": entry.total(assignment), "possible": assignment.points}
    row["to mark"] = " ".join(entry.to_mark(assignment))
    for question in assignment.questions:
        failed = [test for test in entry.result.tests if test.question == question.name and not test.passed]
        row[f"{question.name} reasons"] = "; ".join(f"{test.name}: {test.reason or test.message}" for test in failed)
    return row | {"notes": "; ".join([*entry.result.notes, *notes])}


def backup(path: Path) -> Path | None:
    """Copy an existing file beside itself, under a name with the time; None where there is no file."""
    if not path.is_file():
        return None
    stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    copy, count = path.with_name(f"{path.stem}.before-{stamp}{path.suffix}"), 2
    while copy.exists():
        copy, count = path.with_name(f"{path.stem}.before-{stamp}-{count}{path.suffix}"), count + 1
    copy.write_bytes(path.read_bytes())
    return copy


def write_problems(path: Path, problems: Sequence[Problem]) -> Path:
    """The list of files that were not graded, and why."""
    rows = [{"student": problem.student, "file": problem.origin, "what": problem.what} for problem in problems]
    return write_table(path, ["student", "file", "what"], rows)
