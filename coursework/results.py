"""What grading a submission gives: a result a test, and what the instructor should know about the run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["SubmissionResult", "TestResult"]


@dataclass(frozen=True)
class TestResult:
    """One test of one submission.

    Attributes
    ----------
    points, possible : what was got and what could be got: ``0 <= points <= possible``
    message : the author's failure message, for the student; empty when the test passed
    reason : what happened in technical words, for the instructor only (it may quote hidden tests)
    """

    __test__ = False  # not a class of tests, whatever its name makes pytest think

    name: str
    question: str
    points: float
    possible: float
    hidden: bool
    passed: bool
    message: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.points <= self.possible:
            raise ValueError(f"{self.name}: {self.points!r} points of {self.possible!r} cannot be")


@dataclass(frozen=True)
class SubmissionResult:
    """One graded notebook.

    Attributes
    ----------
    source : the path of the notebook
    notes : what happened to the notebook as a whole: errors of cells, timeouts, kills, a trusted run
    written : the scores of the written questions, merged later
    digest : SHA-256 of the notebook, the tests, the limits and the secret seed: the same digest, the same marks
    """

    student: str
    source: str
    assignment: str
    tests: tuple[TestResult, ...]
    notes: tuple[str, ...] = ()
    written: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    digest: str = ""

    @property
    def points(self) -> float:
        """The points of the tests and of the written questions that have been marked."""
        return sum(test.points for test in self.tests) + sum(self.written.values())

    @property
    def possible(self) -> float:
        """The points that the tests could give (written questions are the assignment's to count)."""
        return sum(test.possible for test in self.tests)

    def by_question(self) -> dict[str, tuple[float, float]]:
        """Points got and possible of each question that has tests, in the assignment's order."""
        totals: dict[str, tuple[float, float]] = {}
        for test in self.tests:
            got, possible = totals.get(test.question, (0.0, 0.0))
            totals[test.question] = (got + test.points, possible + test.possible)
        return totals

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> SubmissionResult:
        """The result that `to_json` wrote; ValueError for anything else."""
        try:
            record: dict[str, Any] = json.loads(text)
            record["tests"] = tuple(TestResult(**test) for test in record["tests"])
            record["notes"] = tuple(record["notes"])
            return cls(**record)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a result of the grader: {error}") from error
