"""What a class found hard: which test fails most, how the scores lie, and what each question tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import StatisticsError, correlation, mean, median, stdev

from .assignment import Assignment
from .gradebook import Entry
from .pages import bar, escape, page, points, table
from .tables import write_text

__all__ = ["QuestionNumbers", "TestNumbers", "histogram", "question_numbers", "test_numbers", "write_statistics"]

BINS = 10
FEW = 10


@dataclass(frozen=True)
class TestNumbers:
    __test__ = False

    question: str
    name: str
    hidden: bool
    message: str
    failed: int
    graded: int

    @property
    def share(self) -> float:
        return self.failed / self.graded if self.graded else 0.0


@dataclass(frozen=True)
class QuestionNumbers:
    """`ease` is the mean share of the points; `discrimination` the correlation of the points with those of all others."""

    name: str
    possible: float
    marked: int
    ease: float | None
    discrimination: float | None


def test_numbers(assignment: Assignment, entries: Sequence[Entry]) -> list[TestNumbers]:
    """Every test, the one that fails most often first."""
    outcomes: dict[tuple[str, str], list[bool]] = {}
    for entry in entries:
        for test in entry.result.tests if entry.result else ():
            outcomes.setdefault((test.question, test.name), []).append(test.passed)
    numbers = []
    for test in assignment.tests:
        passed = outcomes.get((test.question, test.name), [])
        failed = passed.count(False)
        numbers.append(TestNumbers(test.question, test.name, test.hidden, test.failure_message, failed, len(passed)))
    return sorted(numbers, key=lambda test: -test.share)


test_numbers.__test__ = False  # type: ignore[attr-defined]


def question_numbers(assignment: Assignment, entries: Sequence[Entry]) -> list[QuestionNumbers]:
    """How easy each question was, and whether those who did well elsewhere did well in it."""
    scores = [entry.scores(assignment) for entry in entries if entry.result is not None]
    numbers = []
    for question in assignment.questions:
        marked = [score for score in scores if score[question.name] is not None]
        own = [score[question.name] or 0.0 for score in marked]
        rest = [sum(value or 0.0 for name, value in score.items() if name != question.name) for score in marked]
        try:
            discrimination = correlation(own, rest)
        except StatisticsError:  # fewer than two, or all alike
            discrimination = None
        ease = mean(own) / question.points if own and question.points else None
        numbers.append(QuestionNumbers(question.name, question.points, len(marked), ease, discrimination))
    return numbers


def histogram(assignment: Assignment, entries: Sequence[Entry]) -> list[int]:
    """How many totals lie in each tenth of the points; full marks belong to the last."""
    counts = [0] * BINS
    for total in _totals(assignment, entries):
        counts[min(BINS - 1, int(BINS * total / assignment.points + 1e-9))] += 1
    return counts


def write_statistics(folder: Path, assignment: Assignment, entries: Sequence[Entry]) -> list[Path]:
    """Write `statistics.html` and the same as `statistics.md`."""
    summary = _summary(assignment, entries)
    tests, questions = test_numbers(assignment, entries), question_numbers(assignment, entries)
    counts = histogram(assignment, entries)
    return [
        page(
            folder / "statistics.html",
            f"{assignment.title}: the class",
            _html(summary, tests, questions, counts, assignment),
        ),
        write_text(folder / "statistics.md", _markdown(summary, tests, questions, counts, assignment)),
    ]


def _totals(assignment: Assignment, entries: Sequence[Entry]) -> list[float]:
    return [total for entry in entries if (total := entry.total(assignment)) is not None]


def _summary(assignment: Assignment, entries: Sequence[Entry]) -> list[str]:
    totals = _totals(assignment, entries)
    late = sum(entry.submission.late for entry in entries)
    lines = [f"{len(totals)} graded{f', {late} of them late' if late else ''}."]
    if totals:
        spread = f", standard deviation {points(stdev(totals))}" if len(totals) > 1 else ""
        lines.append(
            f"Points: mean {points(mean(totals))} of {points(assignment.points)}, median {points(median(totals))}{spread}."
        )
    waiting = sum(len(entry.to_mark(assignment)) for entry in entries if entry.result is not None)
    if waiting:
        lines.append(f"{waiting} written answers are not marked yet and count 0 here.")
    if 0 < len(totals) < FEW:
        lines.append("With so few students the numbers below move a lot with each of them.")
    return lines


def _bin_names(assignment: Assignment) -> list[str]:
    edges = [assignment.points * place / BINS for place in range(BINS + 1)]
    return [f"{points(low)} to {points(high)}" for low, high in pairwise(edges)]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


HOW_TO_READ = (
    "A discrimination below 0.2 says that those who did well elsewhere did hardly better here: read the question and its "
    "tests again before you blame the class. Near 0 with an ease near 100 % is harmless: everybody could do it."
)


def _html(
    summary: Sequence[str],
    tests: Sequence[TestNumbers],
    questions: Sequence[QuestionNumbers],
    counts: Sequence[int],
    assignment: Assignment,
) -> str:
    most = max([*counts, 1])
    lines = [f"<p>{escape(' '.join(summary))}</p>", "<h2>Scores</h2>"]
    rows = [[name, str(n), bar(n / most)] for name, n in zip(_bin_names(assignment), counts, strict=True)]
    lines.append(table("Students by points", ["Points", "Students", "Chart"], rows, numbers=(1,)))
    lines.append("<h2>Questions</h2>")
    rows = [
        [escape(q.name), points(q.possible), str(q.marked), _share(q.ease), bar(q.ease or 0), _number(q.discrimination)]
        for q in questions
    ]
    header = ["Question", "Points", "Marked", "Ease", "Chart", "Discrimination"]
    lines.append(table("Ease: mean share of the points", header, rows, numbers=(1, 2, 3, 5)))
    lines.append(f'<p class="muted">{escape(HOW_TO_READ)}</p>')
    lines.append("<h2>Which test fails most</h2>")
    rows = [
        [
            f"{escape(t.question)} <code>{escape(t.name)}</code>",
            f"{t.failed} of {t.graded}",
            _share(t.share),
            bar(t.share),
            escape(t.message),
        ]
        for t in tests
        if t.failed
    ]
    header = ["Test", "Failed", "Share", "Chart", "What the students were told"]
    lines.append(
        table("Tests that failed", header, rows, numbers=(1, 2)) if rows else "<p>Every test passed everywhere.</p>"
    )
    return "\n".join(lines)


def _markdown(
    summary: Sequence[str],
    tests: Sequence[TestNumbers],
    questions: Sequence[QuestionNumbers],
    counts: Sequence[int],
    assignment: Assignment,
) -> str:
    lines = [
        f"# {assignment.title}: the class",
        "",
        *summary,
        "",
        "## Scores",
        "",
        "| points | students |",
        "|---|---:|",
    ]
    lines += [f"| {name} | {n} |" for name, n in zip(_bin_names(assignment), counts, strict=True)]
    lines += [
        "",
        "## Questions",
        "",
        "| question | points | marked | ease | discrimination |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {q.name} | {points(q.possible)} | {q.marked} | {_share(q.ease)} | {_number(q.discrimination)} |"
        for q in questions
    ]
    lines += [
        "",
        HOW_TO_READ,
        "",
        "## Which test fails most",
        "",
        "| test | failed | share | what the students were told |",
    ]
    lines += ["|---|---:|---:|---|"]
    lines += [
        f"| {t.question} `{t.name}` | {t.failed} of {t.graded} | {_share(t.share)} | {t.message.replace('|', '/')} |"
        for t in tests
        if t.failed
    ]
    return "\n".join(lines) + "\n"
