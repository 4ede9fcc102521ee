"""One page a student: points and, for what failed, a likely cause and the section to reread.

A page shows what the student may know: names and messages of public tests, the author's messages of hidden ones, and
errors of the student's own cells. Names, code and technical reasons of hidden tests stay with the instructor, since an
exception's text may quote their inputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from docutils.nodes import make_id

from .answers import Template
from .assignment import Assignment, Question
from .gradebook import Entry
from .pages import bar, escape, page, points, table
from .results import TestResult

__all__ = ["chapter_pages", "link_chapters", "write_feedback"]

# "… Reread chapter 1, 'When it breaks'." An apostrophe may stand in the heading; the closing quote ends it.
REREAD = re.compile(r"[Cc]hapter (\d+)(?:, ['‘\"“](.+?)['’\"”](?=[\s.,;:!?)]|$))?")
OWN_ERROR = re.compile(r"cell \d+\b")


def write_feedback(
    folder: Path,
    assignment: Assignment,
    entries: Sequence[Entry],
    template: Template,
    *,
    book: str = "",
    chapters: Path | None = None,
) -> list[Path]:
    """Write a page for every graded student; `book` is the address of the published book, for links."""
    titles = {question.name: template.title(question.name) for question in assignment.questions}
    files = chapter_pages(chapters) if chapters else {}
    hidden = {test.name for test in assignment.tests if test.hidden}
    paths = []
    for entry in entries:
        if entry.result is not None:
            body = _body(entry, assignment, titles, hidden, book.rstrip("/"), files)
            paths.append(page(folder / f"{entry.key}.html", f"{assignment.title}: your results", body))
    return paths


def _body(
    entry: Entry, assignment: Assignment, titles: dict[str, str], hidden: set[str], book: str, files: dict[int, str]
) -> str:
    scores = entry.scores(assignment)
    waiting = entry.to_mark(assignment)
    total = entry.total(assignment) or 0.0
    lines = [f'<p class="muted">{escape(entry.name)}{" · handed in late" if entry.submission.late else ""}</p>']
    lines.append(f'<p class="sum">{points(total)} of {points(assignment.points)} points</p>')
    if waiting:
        lines.append(
            f"<p>Still to be marked by a person: {escape(', '.join(titles[name] for name in waiting))}. The total will grow by those points.</p>"
        )
    rows = []
    for question in assignment.questions:
        got = scores[question.name]
        cell = "not marked yet" if got is None else points(got)
        anchor = f'<a href="#{escape(make_id(question.name))}">{escape(titles[question.name])}</a>'
        rows.append(
            [anchor, cell, points(question.points), bar((got or 0) / question.points) if question.points else ""]
        )
    header = ["Question", "Points", "of", '<span class="muted">share</span>']
    lines.append(table("Points by question", header, rows, numbers=(1, 2)))
    errors = _own_errors(entry, hidden)
    if errors:
        items = "".join(f"<li><code>{escape(error)}</code></li>" for error in errors)
        lines.append(
            f"<h2>Cells that failed</h2>\n<p>When your notebook was run from top to bottom:</p><ul>{items}</ul>"
        )
    for question in assignment.questions:
        lines += _question(question, titles[question.name], entry, scores[question.name], book, files)
    return "\n".join(lines)


def _question(
    question: Question, title: str, entry: Entry, got: float | None, book: str, files: dict[int, str]
) -> list[str]:
    mark = "not marked yet" if got is None else f"{points(got)} of {points(question.points)}"
    lines = [f'<h2 id="{escape(make_id(question.name))}">{escape(title)}: {mark}</h2>']
    if comment := entry.comments.get(question.name):
        lines.append(f"<p>{escape(comment)}</p>")
    tests = [test for test in entry.result.tests if test.question == question.name] if entry.result else []
    items = [_test(test, book, files) for test in tests if not test.hidden]
    concealed = [test for test in tests if test.hidden]
    items += [_test(test, book, files) for test in concealed if not test.passed]
    passed = [test for test in concealed if test.passed]
    if passed:
        sum_of = points(sum(test.points for test in passed))
        many = "a further check" if len(passed) == 1 else f"{len(passed)} further checks"
        items.append(_item(True, f"Passed {many} that you could not see: {sum_of} points", ""))
    if items:
        lines.append(f'<ul class="tests">{"".join(items)}</ul>')
    return lines


def _test(test: TestResult, book: str, files: dict[int, str]) -> str:
    what = "A check that you could not see" if test.hidden else f"<code>{escape(test.name)}</code>"
    mark = f"{points(test.points)} of {points(test.possible)} points"
    message = "" if test.passed else link_chapters(test.message or "This check failed.", book, files)
    return _item(test.passed, f"{what}: {mark}", message)


def _item(passed: bool, line: str, message: str) -> str:
    sign, word, kind = ("✓", "Passed. ", "good") if passed else ("✗", "Failed. ", "bad")
    said = f"<p>{message}</p>" if message else ""
    hidden_word = f'<span style="position:absolute;clip-path:inset(50%)">{word}</span>'
    return f'<li>{hidden_word}<span class="sign {kind}" aria-hidden="true">{sign}</span>{line}{said}</li>'


def _own_errors(entry: Entry, hidden: set[str]) -> list[str]:
    """Notes on the student's own cells, unless one of them names a hidden test."""
    notes = entry.result.notes if entry.result else ()
    return [note for note in notes if OWN_ERROR.match(note) and not any(name in note for name in hidden)]


def link_chapters(message: str, book: str, files: dict[int, str]) -> str:
    """The message as HTML, with a link where it names a chapter, or a chapter's section.

    >>> link_chapters("Reread chapter 1, 'When it breaks'.", "https://e.org", {1: "01-softmax"})
    'Reread <a href="https://e.org/chapters/01-softmax.html#when-it-breaks">chapter 1, &#x27;When it breaks&#x27;</a>.'
    """
    parts, end = [], 0
    for found in REREAD.finditer(message):
        file = files.get(int(found[1]))
        parts.append(escape(message[end : found.start()]))
        end = found.end()
        text = escape(found[0])
        if book and file:
            place = f"#{make_id(found[2])}" if found[2] else ""
            text = f'<a href="{escape(f"{book}/chapters/{file}.html{place}")}">{text}</a>'
        parts.append(text)
    return "".join(parts) + escape(message[end:])


def chapter_pages(folder: Path) -> dict[int, str]:
    """Number of a chapter → the name of its page."""
    return {int(path.name[:2]): path.stem for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))}
