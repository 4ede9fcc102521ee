"""Written questions: a sheet of answers without names for the people who mark, and their scores back into the results.

Every answer gets a code drawn by chance, such as ``q5-7K3F``; the answers of a question stand in the order of the codes,
so that neither the name nor the class's order nor the student's other answers color the mark. `key.csv` says whose code
is whose: it stays with the instructor. A changed answer gets a new code, so that a score never moves to another text.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .answers import Template
from .assignment import Assignment
from .gradebook import backup
from .pages import escape, page, points
from .tables import TableError, number, read_table, write_table, write_text

__all__ = ["Answered", "Marks", "merge_scores", "read_key", "read_marks", "save_marks", "write_sheet"]

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are taken for one another
KEY_COLUMNS = ("code", "student", "question", "answer")
SHEET_COLUMNS = ("code", "question", "possible", "score", "comment", "marker", "answer")


@dataclass(frozen=True)
class Answered:
    """A written answer; `text` is empty when nothing was written, None when the question is not in the notebook."""

    code: str
    student: str
    question: str
    text: str | None

    @property
    def digest(self) -> str:
        return hashlib.sha256((self.text or "").encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Marks:
    """Scores and comments by code."""

    scores: dict[str, float]
    comments: dict[str, str]


def write_sheet(
    folder: Path, assignment: Assignment, template: Template, notebooks: Mapping[str, Path], marks: Marks
) -> list[Answered]:
    """Write `key.csv`, `scores.csv` and `answers.html`; codes and scores that are known are kept."""
    manual = [question for question in assignment.questions if question.manual]
    if not manual:
        return []
    known = read_key(folder)
    codes = {(a.student, a.question, digest): a.code for a, digest in known}
    used = set(codes.values())
    answers = []
    for student, notebook in sorted(notebooks.items()):
        for question in manual:
            text = template.written(notebook, question.name)
            draft = Answered("", student, question.name, text)
            code = codes.get((student, question.name, draft.digest)) or _new_code(question.name, used)
            used.add(code)
            answers.append(Answered(code, student, question.name, text))
    answers.sort(key=lambda answer: ([q.name for q in manual].index(answer.question), answer.code))
    _save_key(folder, answers, known)
    _save_scores(folder / "scores.csv", assignment, answers, marks)
    _save_page(folder / "answers.html", assignment, template, answers)
    return answers


def merge_scores(
    paths: Sequence[Path], assignment: Assignment, answers: Sequence[Answered], marks: Marks
) -> tuple[Marks, int]:
    """The marks with the scores of the tables added, and how many are new or changed. All of them fit, or none is taken.

    Raises
    ------
    TableError
        With every line that does not fit: an unknown code, no number, too many points, two markers who disagree.
    """
    possible = {question.name: question.points for question in assignment.questions}
    by_code = {answer.code: answer for answer in answers}
    said: dict[str, tuple[float, str]] = {}
    comments: dict[str, str] = {}
    wrong: list[str] = []
    for path in paths:
        table = read_table(path)
        if missing := {"code", "score"} - set(table.header):
            raise TableError(
                f"{path} has no column {' and no column '.join(sorted(missing))}: keep the first line as it was"
            )
        for line, row in enumerate(table.rows, 2):
            code, text = row["code"].strip().upper().replace("Q", "q", 1), row["score"].strip()
            code = code if code in by_code else row["code"].strip()
            where = f"{path.name}, line {line} ({row['code'].strip()})"
            if code in by_code and row.get("comment", "").strip():
                comments[code] = row["comment"].strip().removeprefix("'")
            if not text:
                continue
            if code not in by_code:
                wrong.append(
                    f"{where}: no answer has this code; was the sheet made for {assignment.name}, and again since?"
                )
                continue
            try:
                score = number(text)
            except ValueError:
                wrong.append(f"{where}: the score must be a number, not {text!r}")
                continue
            most = possible[by_code[code].question]
            if not 0 <= score <= most:
                wrong.append(f"{where}: {points(score)} points; {by_code[code].question} gives 0 to {points(most)}")
            elif code in said and said[code][0] != score:
                wrong.append(
                    f"{where}: {points(score)} points, but {said[code][1]} says {points(said[code][0])}: agree on one"
                )
            else:
                said[code] = (score, where)
    if wrong:
        raise TableError("nothing was merged:\n  " + "\n  ".join(wrong))
    new = {code: score for code, (score, _) in said.items()}
    changed = sum(marks.scores.get(code) != score for code, score in new.items())
    return Marks(marks.scores | new, marks.comments | comments), changed


def read_key(folder: Path) -> list[tuple[Answered, str]]:
    """Whose code is whose, with the digest of the answer; empty where nothing was written yet."""
    path = folder / "key.csv"
    if not path.is_file():
        return []
    table = read_table(path)
    if missing := set(KEY_COLUMNS) - set(table.header):
        raise TableError(f"{path} lacks the columns {', '.join(sorted(missing))}: put the backup back")
    return [
        (Answered(row["code"], row["student"].removeprefix("'"), row["question"], None), row["answer"])
        for row in table.rows
    ]


def read_marks(folder: Path) -> Marks:
    path = folder / "marks.json"
    if not path.is_file():
        return Marks({}, {})
    record = json.loads(path.read_text(encoding="utf-8"))
    return Marks(record["scores"], record["comments"])


def save_marks(folder: Path, marks: Marks) -> Path:
    record = {"scores": marks.scores, "comments": marks.comments}
    return write_text(folder / "marks.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def _new_code(question: str, used: set[str]) -> str:
    while True:
        code = f"{question}-" + "".join(secrets.choice(ALPHABET) for _ in range(4))
        if code not in used:
            return code


def _save_key(folder: Path, answers: Sequence[Answered], known: Sequence[tuple[Answered, str]]) -> None:
    rows = [{"code": a.code, "student": a.student, "question": a.question, "answer": a.digest} for a in answers]
    now = {row["code"] for row in rows}
    rows += [
        {"code": a.code, "student": a.student, "question": a.question, "answer": digest}
        for a, digest in known
        if a.code not in now  # an earlier answer: its score stays findable
    ]
    write_table(folder / "key.csv", KEY_COLUMNS, rows)


def _save_scores(path: Path, assignment: Assignment, answers: Sequence[Answered], marks: Marks) -> None:
    possible = {question.name: question.points for question in assignment.questions}
    rows = [
        {
            "code": answer.code,
            "question": answer.question,
            "possible": possible[answer.question],
            "score": marks.scores.get(answer.code, 0 if answer.text == "" else None),
            "comment": marks.comments.get(answer.code, ""),
            "answer": "(question not found in the notebook)" if answer.text is None else answer.text[:30_000],
        }
        for answer in answers
    ]
    if path.is_file():  # what was typed in stays, merged or not
        before = {row.get("code", ""): row for row in read_table(path).rows}
        typed = {code: row for code, row in before.items() if row.get("score", "").strip()}
        for row in rows:
            if old := typed.pop(str(row["code"]), None):
                row |= {name: old.get(name, "").removeprefix("'") for name in ("score", "comment", "marker")}
        if set(typed) - set(marks.scores):
            backup(path)  # scores of answers that have changed since
    write_table(path, SHEET_COLUMNS, rows)


INSTRUCTIONS = """
<p>Each answer stands under a code; names are kept apart, and the order is by chance. To mark:</p>
<ol>
<li>Read the rubric of the question and its three sample answers.</li>
<li>Open <code>scores.csv</code> in a spreadsheet. Write points into the column <em>score</em>; what you write into
<em>comment</em> is shown to the student. Leave the other columns alone; an empty score means "not marked yet".</li>
<li>Mark one question for everybody before you start the next. Mark the first five again at the end.</li>
<li>Give the file back as CSV. Several people can each return a copy with their part filled in.</li>
</ol>
"""


def _save_page(path: Path, assignment: Assignment, template: Template, answers: Sequence[Answered]) -> None:
    lines = [INSTRUCTIONS]
    for question in assignment.questions:
        mine = [answer for answer in answers if answer.question == question.name]
        if not mine:
            continue
        filled = [answer for answer in mine if answer.text]
        title = template.title(question.name)
        lines.append(
            f"<h2>{escape(title)} ({question.name}, {points(question.points)} points): {len(filled)} answers</h2>"
        )
        lines.append(
            f"<details><summary>What was asked</summary><pre>{escape(template.prompt(question.name))}</pre></details>"
        )
        if rubric := _rubric(assignment, question.name):
            lines.append(f"<details><summary>Rubric</summary><pre>{escape(rubric)}</pre></details>")
        for answer in filled:
            lines.append(
                f'<h3 id="{escape(answer.code)}">{escape(answer.code)}</h3>\n<pre>{escape(answer.text or "")}</pre>'
            )
        empty = [answer.code for answer in mine if answer.text == ""]
        lost = [answer.code for answer in mine if answer.text is None]
        if empty:
            lines.append(f"<p>Nothing written, and so 0 in the sheet: {escape(', '.join(empty))}</p>")
        if lost:
            lines.append(f"<p>The question is missing in the notebook, look there: {escape(', '.join(lost))}</p>")
    page(path, f"{assignment.title}: written answers", "\n".join(lines))


def _rubric(assignment: Assignment, question: str) -> str:
    """The section of `rubric.md` on a question, in Markdown; empty where there is none."""
    path = assignment.folder / "rubric.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = re.search(rf"^## {re.escape(question)}\b.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return found[0].strip() if found else ""
