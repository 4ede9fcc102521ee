"""Read an assignment's one source: a notebook in jupytext's percent format with the marks of Otter Assign.

Otter turns the source into notebooks and tests. This module reads the same file on its own, so that the builder can
compare what Otter made with what the author wrote: above all, which tests are hidden. It goes by the *name* of a test,
`test_hidden_…`, because a misspelt `hidden:` in a test's settings publishes the test without a word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import yaml

from coursework.assignment import Question, Test

__all__ = ["MINIMUM_WRONG", "NOTEBOOK_METADATA", "Block", "Source", "SourceError", "WrongSolution"]
__all__ += ["as_notebook", "hidden_by_name", "question_names", "read_source", "read_wrong"]

MINIMUM_WRONG = 5
"""Wrong solutions that an autograded question needs, unless it says how many make sense (see `Source.wrong_needed`)."""

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

_BOUNDARY = re.compile(r"#\s*(BEGIN|END) (QUESTION|SOLUTION|PROMPT|TESTS)\b")
_CONFIG = re.compile(r'""" *# BEGIN TEST CONFIG\n(.*?)\n""" *# END TEST CONFIG *\n(.*)', re.DOTALL)
_FEWER = re.compile(r"^#\s*wrong solutions:\s*(\d+)\s*\((.+)\)\s*$", re.MULTILINE)


class SourceError(ValueError):
    """The source, or a wrong solution, breaks a rule; the message says which, where, and what to do."""


@dataclass(frozen=True)
class Block:
    """One cell of the source.

    kind : "config" | "boundary" | "text" | "code" | "prompt" | "solution" | "test"
    question : the question it belongs to, or ""
    markdown : whether it is prose
    """

    kind: str
    question: str
    source: str
    markdown: bool


@dataclass(frozen=True)
class Source:
    """A source, read and checked as far as that goes without running it."""

    path: Path
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...]
    wrong_needed: dict[str, int]
    bodies: dict[str, str]

    @property
    def points(self) -> float:
        return sum(question.points for question in self.questions)

    def code(self, replaced: str = "", by: str = "") -> list[str]:
        """The code cells that a student with the reference solutions runs, with one question's solution replaced."""
        cells, done = [], False
        for block in self.blocks:
            if block.markdown or block.kind not in ("code", "prompt", "solution"):
                continue
            if block.kind == "solution" and block.question == replaced:
                if not done:
                    cells.append(by)
                done = True
            elif block.kind != "prompt":
                cells.append(block.source)
        return cells


@dataclass(frozen=True)
class WrongSolution:
    """A solution with a known mistake, and the tests that must notice it."""

    kind: str
    mistake: str
    question: str
    fails: frozenset[str]
    code: str


def read_source(path: Path, extra: tuple[Path, ...] = ()) -> Source:
    """Read a source and the questions that an overlay adds to it.

    A question of an `extra` file that has the name of one in the source takes its place; the others follow the last
    question, in the order of the files' names.

    Raises
    ------
    SourceError
        For a test whose name and `hidden:` disagree, unknown settings, missing failure messages, points that do not
        fit, two tests of one name, and questions without tests.
    """
    cells = _all_cells(path, extra)
    _spans(cells, path)
    blocks = tuple(_blocks(cells, path))
    questions, needed, bodies = [], {}, {}
    for raw in (cell for kind, cell in cells if kind == "raw"):
        if not raw.lstrip().startswith("# BEGIN QUESTION"):
            continue
        config = _question_settings(raw, path)
        name = config["name"]
        tests = []
        for block in blocks:
            if block.kind == "test" and block.question == name:
                test, body = _read_test(block, path)
                if test.name in bodies:
                    raise SourceError(f"{path}: two tests are named {test.name}; a name may occur once")
                tests.append(test)
                bodies[test.name] = body
        questions.append(_question(config, tests, path))
        if fewer := _FEWER.search(raw):
            needed[name] = int(fewer[1])
        else:
            needed[name] = 0 if questions[-1].manual else MINIMUM_WRONG
    if not questions:
        raise SourceError(f"{path}: no question; a question begins with a raw cell '# BEGIN QUESTION'")
    names = [question.name for question in questions]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SourceError(f"{path}: two questions are named {', '.join(sorted(twice))}")
    return Source(path, blocks, tuple(questions), needed, bodies)


def as_notebook(path: Path, extra: tuple[Path, ...] = ()) -> nbformat.NotebookNode:
    """The source, with the overlay's questions in it, as the notebook that Otter Assign reads."""
    make = {
        "raw": nbformat.v4.new_raw_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
    }
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    notebook.cells = [make[kind](text) for kind, text in _all_cells(path, extra)]
    return notebook


def read_wrong(path: Path) -> WrongSolution:
    """Read a wrong solution: docstring, `# question:`, `# fails:` and the code that replaces the solution.

    Raises
    ------
    SourceError
        When one of them is missing.
    """
    text = path.read_text(encoding="utf-8")
    try:
        mistake = ast.get_docstring(ast.parse(text))
    except SyntaxError as error:
        raise SourceError(f"{path} is not valid Python: {error}") from error
    if not mistake:
        raise SourceError(f"{path}: begin with a docstring that says what the mistake is")
    found = {key: re.findall(rf"^# {key}: *(.+)$", text, re.MULTILINE) for key in ("question", "fails")}
    for key, lines in found.items():
        if not lines or (key == "question" and len(lines) > 1):
            raise SourceError(f"{path}: needs one line '# {key}: …'")
    names = [name.strip() for line in found["fails"] for name in line.split(",")]
    fails = frozenset(name for name in names if name)
    if not fails:
        raise SourceError(f"{path}: '# fails:' names no test, so nothing would notice the mistake")
    return WrongSolution(path.stem, mistake, found["question"][0].strip(), fails, text)


def question_names(path: Path) -> list[str]:
    """The names of the questions of a file."""
    return list(_spans(_cells(path), path))


def hidden_by_name(name: str) -> bool:
    """Whether a test of this name is hidden from students."""
    return name.startswith("test_hidden_")


# --- cells ------------------------------------------------------------------------------------------------------------


def _cells(path: Path) -> list[tuple[str, str]]:
    notebook = jupytext.read(path, fmt="py:percent")
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def _all_cells(path: Path, extra: tuple[Path, ...]) -> list[tuple[str, str]]:
    cells = _cells(path)
    for file in sorted(extra):
        cells = _merged(cells, _cells(file), file)
    return cells


def _spans(cells: list[tuple[str, str]], path: Path) -> dict[str, tuple[int, int]]:
    """Where each question begins and ends, as a slice of the cells."""
    spans, begin, name = {}, None, ""
    for index, (kind, text) in enumerate(cells):
        if kind != "raw":
            continue
        if text.lstrip().startswith("# BEGIN QUESTION"):
            if begin is not None:
                raise SourceError(f"{path}: question {name} does not end before the next begins")
            begin, name = index, str(_question_settings(text, path)["name"])
        elif text.lstrip().startswith("# END QUESTION"):
            if begin is None:
                raise SourceError(f"{path}: '# END QUESTION' without a beginning")
            spans[name] = (begin, index + 1)
            begin = None
    if begin is not None:
        raise SourceError(f"{path}: question {name} does not end")
    return spans


def _merged(cells: list[tuple[str, str]], added: list[tuple[str, str]], file: Path) -> list[tuple[str, str]]:
    """The cells with the questions of `added` in place of those with the same name, or after the last one."""
    for name, (first, last) in _spans(added, file).items():
        spans = _spans(cells, file)
        here = spans.get(name) or (max(end for _, end in spans.values()),) * 2
        cells = cells[: here[0]] + added[first:last] + cells[here[1] :]
    return cells


def _blocks(cells: list[tuple[str, str]], path: Path) -> Iterator[Block]:
    question, inside = "", []
    for kind, text in cells:
        boundary = _BOUNDARY.match(text.lstrip()) if kind == "raw" else None
        if boundary:
            begins, what = boundary[1] == "BEGIN", boundary[2]
            if what == "QUESTION":
                question = str(_question_settings(text, path)["name"]) if begins else ""
            elif not question:
                raise SourceError(f"{path}: '# {boundary[1]} {what}' outside a question")
            elif begins:
                inside.append(what)
            elif not inside or inside.pop() != what:
                raise SourceError(f"{path}: '# END {what}' of {question} without its beginning")
            yield Block("boundary", question, text, False)
        elif kind == "raw":
            yield Block("config", "", text, False)
        elif inside:
            names = {"SOLUTION": "solution", "PROMPT": "prompt", "TESTS": "test"}
            yield Block(names[inside[-1]], question, text, kind == "markdown")
        else:
            yield Block("text" if kind == "markdown" else "code", question, text, kind == "markdown")


# --- questions and tests ----------------------------------------------------------------------------------------------


def _question_settings(raw: str, path: Path) -> dict:
    settings = yaml.safe_load(raw.lstrip().split("\n", 1)[1] if "\n" in raw else "")
    if not isinstance(settings, dict) or "name" not in settings:
        raise SourceError(f"{path}: a question needs its name, as in '# name: q1' below '# BEGIN QUESTION'")
    return settings


def _question(config: dict, tests: list[Test], path: Path) -> Question:
    name, manual, stated = str(config["name"]), bool(config.get("manual", False)), config.get("points")
    if manual:
        if tests:
            raise SourceError(f"{path}: {name} is written (manual: true) and has tests; it can be one or the other")
        if not isinstance(stated, (int, float)):
            raise SourceError(f"{path}: the written question {name} needs 'points:'")
        return Question(name, float(stated), True, ())
    if not tests:
        raise SourceError(f"{path}: {name} has no tests; a written question says 'manual: true'")
    total = sum(test.points for test in tests)
    if stated is not None and stated != total:
        raise SourceError(f"{path}: {name} says {stated} points, but its tests add up to {total:g}")
    if not any(not test.hidden for test in tests) or not any(test.hidden for test in tests):
        raise SourceError(f"{path}: {name} needs a test that students see and a hidden one")
    return Question(name, total, False, tuple(tests))


def _read_test(block: Block, path: Path) -> tuple[Test, str]:
    """The test of a cell and the text of its body."""
    where = f"{path}, {block.question}"
    parts = _CONFIG.match(block.source)
    if not parts:
        raise SourceError(f"{where}: a test begins with its settings between BEGIN TEST CONFIG and END TEST CONFIG")
    settings, code = yaml.safe_load(parts[1]), parts[2]
    function = next((node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)), None)
    if function is None or not function.name.startswith("test_"):
        raise SourceError(f"{where}: a test is a function named test_…")
    where = f"{where}, {function.name}"
    if not isinstance(settings, dict):
        raise SourceError(f"{where}: the settings are not 'key: value' lines")
    if unknown := set(settings) - {"points", "hidden", "failure_message", "success_message"}:
        raise SourceError(
            f"{where}: unknown setting {', '.join(sorted(map(str, unknown)))}; Otter would ignore it, and a misspelt "
            "'hidden' publishes the test"
        )
    flag, by_name = settings.get("hidden", False), hidden_by_name(function.name)
    if flag is not by_name:
        raise SourceError(
            f"{where}: the name says {'hidden' if by_name else 'public'} and 'hidden:' says {flag!r}; a hidden test is "
            "named test_hidden_… and has 'hidden: true', any other has neither"
        )
    message = settings.get("failure_message")
    if not isinstance(message, str) or not message.strip():
        raise SourceError(f"{where}: a failure_message is missing")
    if '"' in message or "\\" in message or "\n" in message.strip():
        raise SourceError(f'{where}: Otter writes the failure_message between double quotes: no " or \\ or line break')
    points = settings.get("points")
    if not isinstance(points, (int, float)) or isinstance(points, bool) or points <= 0:
        raise SourceError(f"{where}: needs 'points:', a positive number")
    body = "\n".join(ast.unparse(node) for node in function.body)
    raw = "\n".join(code.splitlines()[function.body[0].lineno - 1 : function.end_lineno])
    test = Test(function.name, block.question, float(points), by_name, message.strip())
    return test, f"{raw}\n{body}"
