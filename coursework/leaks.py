"""Search everything that students get for what they must not see.

The search goes by content, not by settings: it knows the hidden tests and the solutions from the author's source and
looks for their names, lines and messages in the decoded content of every file, in the strings inside notebooks and
JSON files, and in the members of zip files. A line that the author also shows openly is no secret.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import tokenize
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from coursework.source import Source

__all__ = ["MARKERS", "find_leaks", "secrets_of"]

MARKERS = (
    "BEGIN SOLUTION", "END SOLUTION", "# SOLUTION", "#SOLUTION", "BEGIN TESTS", "BEGIN TEST CONFIG", "BEGIN PROMPT",
    "otter_assign_solution_cell", "test_hidden_", "hidden=True", "coursework.secret", "COURSEWORK_SEED",
)  # fmt: skip
SHORTEST = 8
"""Lines with fewer characters, such as `else:`, are everywhere and tell nothing."""


def find_leaks(folder: Path, source: Source, also: Iterable[str] = ()) -> list[str]:
    """One sentence for each secret found in the files below `folder`.

    Parameters
    ----------
    also : further texts that must not occur, such as the secret seed
    """
    wanted = [*secrets_of(source), *(("a secret", _plain(text)) for text in also)]
    found = []
    for label, text in _texts(folder):
        found += [f"{label} contains the marker {marker!r}" for marker in MARKERS if marker in text]
        plain = _plain(text)
        found += [f"{label} contains {what}: {line}" for what, line in wanted if _occurs(line, plain)]
    return list(dict.fromkeys(found))


def secrets_of(source: Source) -> list[tuple[str, str]]:
    """What students must not see: pairs of a description and a line in plain spacing and quotes."""
    shown = _plain("\n".join(_public_texts(source)))
    lines: list[tuple[str, str]] = []
    for question in source.questions:
        for test in question.tests:
            if test.hidden:
                lines.append((f"the name of a hidden test of {question.name}", test.name))
                lines.append((f"a failure message of {test.name}", test.failure_message))
                lines += [(f"a line of {test.name}", line) for line in source.bodies[test.name].splitlines()]
    for block in source.blocks:
        if block.kind == "solution":
            lines += [(f"a line of the solution of {block.question}", line) for line in _solution_lines(block)]
    pairs = ((what, _plain(line)) for what, line in lines)
    return list(dict.fromkeys((what, line) for what, line in pairs if len(line) >= SHORTEST and line not in shown))


def _public_texts(source: Source) -> Iterator[str]:
    for block in source.blocks:
        if block.kind in ("text", "code", "prompt"):
            yield block.source
        elif block.kind == "solution" and not block.markdown:
            yield "\n".join(line for line, secret in _marked(block.source) if not secret)
    for question in source.questions:
        for test in question.tests:
            if not test.hidden:
                yield source.bodies[test.name]
                yield test.failure_message


def _solution_lines(block) -> list[str]:
    if block.markdown:
        return block.source.splitlines()
    lines = [re.sub(r"\s*# ?SOLUTION( NO PROMPT)?$", "", line) for line, secret in _marked(block.source) if secret]
    lines = [line for line in lines if not re.match(r"\s*# (BEGIN|END) SOLUTION", line)]
    return [form for line in lines for form in (line, _without_comment(line))]


def _without_comment(line: str) -> str:
    """The line up to its comment (as far as a line that may be part of a statement can be read)."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
            if token.type == tokenize.COMMENT:
                return line.strip()[: token.start[1]]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    return line


def _marked(code: str) -> Iterator[tuple[str, bool]]:
    """The lines of a solution cell, each with whether Otter takes it out of the student's version."""
    inside = False
    for line in code.splitlines():
        bare = line.strip()
        if bare.startswith("# BEGIN SOLUTION"):
            inside = True
        yield line, inside or bool(re.search(r"# ?SOLUTION( NO PROMPT)?$", bare))
        if bare == "# END SOLUTION":
            inside = False


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every readable form of every file: its name, its text, the strings of JSON, the members of archives."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            label = path.relative_to(folder).as_posix()
            yield f"the name of {label}", label
            yield from _forms(label, path.read_bytes())


def _forms(label: str, data: bytes) -> Iterator[tuple[str, str]]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield f"the comment of {label}", archive.comment.decode("utf-8", "replace")
            for name in archive.namelist():
                yield f"the name of {label}/{name}", name
                yield from _forms(f"{label}/{name}", archive.read(name))
        return
    text = data.decode("utf-8", "replace")
    yield label, text
    with contextlib.suppress(ValueError):
        yield label, "\n".join(_strings(json.loads(text)))
    if label.endswith(".py"):
        yield label, ast.unparse(ast.parse(text))


def _strings(value: object) -> Iterator[str]:
    """All strings of a JSON value; the lists of lines of a notebook become one string."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace('"', "'")).strip()


def _occurs(line: str, text: str) -> bool:
    start = text.find(line)
    while start >= 0:
        end = start + len(line)
        joined_left = start > 0 and _wordy(text[start - 1]) and _wordy(line[0])
        joined_right = end < len(text) and _wordy(text[end]) and _wordy(line[-1])
        if not (joined_left or joined_right):
            return True
        start = text.find(line, start + 1)
    return False


def _wordy(character: str) -> bool:
    return character.isalnum() or character == "_"
