"""Pairs of submissions that a person should look at, because they share what few others have.

Code is compared by runs of tokens, with names, numbers and layout made equal, so that renaming hides nothing; comments
and written answers by runs of words. What the published notebook gives counts nothing, and what several others wrote counts
little: a softmax of three lines looks the same from everybody, and so do the usual mistakes; that is no evidence.

The runs are the k-grams of Schleimer, Wilkerson and Aiken (2003, "Winnowing"); a class fits into memory, so none is
thinned out. `copydetect` implements the same idea for files, but weighs common code like rare code, which here would flag
honest short answers, and brings a compiled extension.
"""

from __future__ import annotations

import io
import keyword
import math
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from .answers import Answer, Template
from .pages import escape, page, table
from .tables import write_table

__all__ = ["Pair", "find_similar", "write_similarity"]

RUN = 12  # tokens: two short statements
WORDS = 5
LEAST_CLASS = 10  # a small class says little about what is common
LEAST_EVIDENCE = 8.0  # the weight of about eight runs that nobody else has
THRESHOLD = 0.6
MOST_SHARED = 60  # a run that more people have is common, whatever the class's size
SHOWN = 50

NAMED = frozenset(keyword.kwlist) | {"np", "numpy", "self", "print", "len", "range", "sum", "max", "min", "abs"}


@dataclass(frozen=True)
class Pair:
    """Two students; `score` (0 to 1) is the share of the smaller one's unusual work that the other has too.

    It is that of the whole notebook or of the question in which most is shared, whichever is higher.
    """

    first: str
    second: str
    score: float
    evidence: float
    questions: dict[str, float]


def find_similar(answers: Mapping[str, Mapping[str, Answer]], template: Template) -> list[Pair]:
    """The pairs above the threshold, the most similar first.

    Parameters
    ----------
    answers : student → question → answer
    """
    given = {name: set(_runs(name, answer)) for name, answer in template.given.items()}
    prints: dict[str, set[tuple[str, int]]] = {}
    for student, mine in answers.items():
        prints[student] = {run for name, answer in mine.items() for run in _runs(name, answer) - given.get(name, set())}
    holders = Counter(run for runs in prints.values() for run in runs)
    size = max(len(prints), LEAST_CLASS)
    weights = {run: math.log(size / count) / math.log(size) / max(1, count - 1) for run, count in holders.items()}
    totals: dict[str, Counter[str]] = {}
    for student, runs in prints.items():
        totals[student] = Counter()
        for run in runs:
            totals[student][run[0]] += weights[run]

    places: dict[tuple[str, int], list[str]] = {}
    for student, runs in prints.items():
        for run in runs:
            if 2 <= holders[run] <= MOST_SHARED:
                places.setdefault(run, []).append(student)
    shared: dict[tuple[str, str], Counter[str]] = {}
    for run, students in places.items():
        for pair in combinations(sorted(students), 2):
            shared.setdefault(pair, Counter())[run[0]] += weights[run]
    pairs = []
    for (first, second), by_question in shared.items():
        parts = {"": (sum(by_question.values()), min(totals[first].total(), totals[second].total()))}
        parts |= {name: (value, min(totals[first][name], totals[second][name])) for name, value in by_question.items()}
        strong = [value / own for value, own in parts.values() if value >= LEAST_EVIDENCE and value >= THRESHOLD * own]
        if strong:
            evidence, _ = parts.pop("")
            questions = {
                name: min(1.0, parts[name][0] / parts[name][1]) for name in template.given if parts.get(name, (0,))[0]
            }
            pairs.append(Pair(first, second, min(1.0, max(strong)), evidence, questions))
    return sorted(pairs, key=lambda pair: (-pair.score, -pair.evidence, pair.first, pair.second))


def write_similarity(
    folder: Path, answers: Mapping[str, Mapping[str, Answer]], template: Template, pairs: Sequence[Pair]
) -> Path:
    """Write `similarity.csv`, `similarity.html` and a page side by side for each of the first pairs."""
    rows = [
        {"first": p.first, "second": p.second, "score": round(p.score, 3), "evidence": round(p.evidence, 1)}
        for p in pairs
    ]
    write_table(folder / "similarity.csv", ["first", "second", "score", "evidence"], rows)
    for old in (folder / "similarity").glob("pair-*.html"):
        old.unlink()
    lines = [ABOUT]
    if not pairs:
        lines.append("<p>No pair stands out.</p>")
    else:
        cells = []
        for place, pair in enumerate(pairs, 1):
            names = f"{escape(pair.first)} · {escape(pair.second)}"
            if place <= SHOWN:
                file = f"similarity/pair-{place:02}.html"
                _side_by_side(folder / file, pair, answers, template)
                names = f'<a href="{file}">{names}</a>'
            where = ", ".join(f"{escape(name)} {share:.0%}" for name, share in pair.questions.items())
            cells.append([names, f"{pair.score:.0%}", f"{pair.evidence:.0f}", where])
        lines.append(table("Pairs to look at", ["Pair", "Shared", "Evidence", "By question"], cells, numbers=(1, 2)))
    return page(folder / "similarity.html", "Similar submissions", "\n".join(lines), wide=True)


ABOUT = """
<p><strong>A pair on this page is a reason to look, and proves nothing.</strong> Pairs who worked together as you allowed,
who used the same source, or who were sitting beside the same tutor appear here, too. Read both notebooks and talk to
the students before you conclude anything.</p>
<p><em>Shared</em>: how much of the smaller one's unusual work the other has, too, in the whole or in the question where it
is most; the given code counts nothing, and what many wrote counts little. <em>Evidence</em>: how much unusual work is shared; 8 is two or three lines.</p>
"""


def _side_by_side(path: Path, pair: Pair, answers: Mapping[str, Mapping[str, Answer]], template: Template) -> None:
    lines = ["<p>Marked lines stand in both, up to names, numbers, comments and layout.</p>"]
    for name in template.given:
        first, second = (answers[student].get(name, Answer()) for student in (pair.first, pair.second))
        for kind in ("code", "text"):
            left, right = getattr(first, kind), getattr(second, kind)
            if not (left or right):
                continue
            lines.append(f"<h2>{escape(name)}{'' if kind == 'code' else ', text'}</h2>")
            lines.append(
                f'<div class="pair"><div><h3>{escape(pair.first)}</h3>'
                f"<pre>{_marked(left, right)}</pre></div><div>"
                f"<h3>{escape(pair.second)}</h3><pre>{_marked(right, left)}</pre></div></div>"
            )
    title = f"{pair.first} and {pair.second}: {pair.score:.0%}"
    page(path, title, "\n".join(lines), wide=True)


def _marked(text: str, other: str) -> str:
    there = {_shape(line) for line in other.splitlines()} - {()}
    return "\n".join(
        f"<mark>{escape(line)}</mark>" if _shape(line) in there else escape(line) for line in text.splitlines()
    )


def _shape(line: str) -> tuple[str, ...]:
    """What of a line counts for being equal; empty for lines that say next to nothing."""
    shape = tuple(_tokens(line.strip())) or tuple(re.findall(r"\w+", line.lower()))
    return shape if len(shape) > 2 else ()


# Fingerprints --------------------------------------------------------------------------------------------------------


def _runs(question: str, answer: Answer) -> set[tuple[str, int]]:
    """The runs of tokens of the code, and of words of the text and the comments."""
    tokens = list(_tokens(answer.code))
    runs = {(question, hash(("code", *tokens[i : i + RUN]))) for i in range(len(tokens) - RUN + 1)}
    words = re.findall(r"\w+", f"{answer.text} {' '.join(_comments(answer.code))}".lower())
    return runs | {(question, hash(("text", *words[i : i + WORDS]))) for i in range(len(words) - WORDS + 1)}


def _tokens(code: str) -> Iterator[str]:
    """The code's tokens: names that the student chose, numbers and texts are all alike; layout and comments are gone."""
    before = ""
    for kind, text in _scan(code):
        if kind == tokenize.NAME:
            yield text if text in NAMED or before == "." else "name"
        elif kind == tokenize.NUMBER:
            yield "number"
        elif kind == tokenize.STRING:
            yield "text"
        elif kind == tokenize.OP:
            yield text
        before = text


def _comments(code: str) -> Iterator[str]:
    return (text.lstrip("# ") for kind, text in _scan(code) if kind == tokenize.COMMENT)


ROUGH = re.compile(
    r"(?P<comment>#[^\n]*)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<op>\S)"
)
KINDS = {"comment": tokenize.COMMENT, "text": tokenize.STRING, "name": tokenize.NAME, "number": tokenize.NUMBER}


def _scan(code: str) -> Iterator[tuple[int, str]]:
    """Python's own tokens or, where the code is not Python, roughly such."""
    try:
        found = [(token.type, token.string) for token in tokenize.generate_tokens(io.StringIO(code).readline)]
    except (tokenize.TokenError, SyntaxError):
        found = [(KINDS.get(m.lastgroup or "", tokenize.OP), m.group()) for m in ROUGH.finditer(code)]
    yield from found
