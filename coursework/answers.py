"""Take a student's notebook apart by question, with the published notebook as the measure.

The cells that the student cannot edit (a question's text, its check, the tags of a written one) are the landmarks:
what stands between two of them answers the same question in every submission, however many cells the student added.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .assignment import Assignment

__all__ = ["Answer", "Template", "TemplateError", "read_template"]

CHECK = re.compile(r"""grader\.check\(\s*["']([^"']+)["']""")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
PROMPT = "_Type your answer here, replacing this text._"


class TemplateError(ValueError):
    """The published notebook of an assignment is missing or has no landmarks."""


@dataclass(frozen=True)
class Answer:
    """What a student wrote for one question; both are empty when nothing was added to the published notebook."""

    code: str = ""
    text: str = ""


@dataclass(frozen=True)
class Template:
    """The landmarks of the published notebook and the question that follows each, and what it gives to start with."""

    landmarks: dict[str, str]
    given: dict[str, Answer]
    cells: frozenset[str]

    def prompt(self, question: str) -> str:
        """The text of a question, in Markdown, as it was handed out."""
        texts = [source for source, name in self.landmarks.items() if name == question and not CHECK.search(source)]
        return COMMENT.sub("", texts[-1]).strip() if texts else ""

    def title(self, question: str) -> str:
        """The heading of a question, or its name where there is none."""
        found = re.search(r"^#+ +(.+)$", self.prompt(question), re.MULTILINE)
        return found[1].strip() if found else question

    def answers(self, notebook: Path) -> dict[str, Answer]:
        """Question → what the student changed or added there; a question that is not found is left out."""
        cells = _cells(notebook)
        answers = _split(cells, self.landmarks, self.cells)
        for cell in cells:  # the landmark was deleted, but the cell to write into still has its name
            question = str(cell.get("id", "")).removesuffix("-answer")
            if question in self.given and question not in answers:
                answers[question] = Answer(text=_source(cell).replace(PROMPT, ""))
        return answers

    def written(self, notebook: Path, question: str) -> str | None:
        """The text under a written question, empty if unchanged; None where the question is not in the notebook."""
        answer = self.answers(notebook).get(question)
        if answer is None:
            return None
        return "\n\n".join(filter(None, [answer.text, answer.code])).replace(PROMPT, "").strip()


def read_template(assignment: Assignment, notebook: Path | None = None) -> Template:
    """Read the notebook that was handed out, of which the builder keeps a copy in the instructor's folder.

    Raises
    ------
    TemplateError
        When it is not there: it was moved, or the assignment was not built.
    """
    path = notebook or assignment.folder / "handout.ipynb"
    if not path.is_file():
        raise TemplateError(f"{path} is missing, the notebook that the students were given: run make coursework")
    cells = _cells(path)
    questions = [question.name for question in assignment.questions]
    manual = [question.name for question in assignment.questions if question.manual]
    landmarks: dict[str, str] = {}
    pending: list[str] = []  # landmarks whose question is named by the check that follows
    begun = 0
    for cell in cells:
        source = _source(cell)
        if not source or not _locked(cell):
            continue
        if "<!-- BEGIN QUESTION -->" in source and begun < len(manual):
            landmarks[source], begun, pending = manual[begun], begun + 1, []
            continue
        if (found := CHECK.search(source)) and found[1] in questions:
            for before in pending:
                landmarks[before] = found[1]
            pending = []
        landmarks[source] = ""
        pending.append(source)
    if not any(landmarks.values()):
        raise TemplateError(f"{path} has no question that can be told apart: build the assignment again")
    return Template(landmarks, _split(cells, landmarks), frozenset(map(_source, cells)))


def _split(
    cells: list[dict[str, Any]], landmarks: dict[str, str], leave_out: frozenset[str] = frozenset()
) -> dict[str, Answer]:
    code: dict[str, list[str]] = {}
    text: dict[str, list[str]] = {}
    here = ""
    for cell in cells:
        source = _source(cell)
        if source in landmarks:
            here = landmarks[source]
            if here:
                code.setdefault(here, [])
                text.setdefault(here, [])
        elif here and source and source not in leave_out:
            (code if cell.get("cell_type") == "code" else text)[here].append(source)
    return {name: Answer("\n\n".join(code[name]), "\n\n".join(text[name])) for name in code}


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8-sig"))["cells"]
        return [cell for cell in cells if isinstance(cell, dict)]
    except (KeyError, TypeError, ValueError, RecursionError):
        return []


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return ("".join(map(str, source)) if isinstance(source, list) else str(source)).strip()


def _locked(cell: dict[str, Any]) -> bool:
    return not cell.get("metadata", {}).get("editable", True)
