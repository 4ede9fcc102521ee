"""The appendix of claims: what the book states for all inputs, and the test that backs each statement.

``{claims} 9`` becomes the table of chapter 9. It is read from the tests' own markers whenever the book is built, so it
cannot go stale: ``@pytest.mark.claim("Chapter 9: …", theorem="thm-09-…")``, the label where the claim is a theorem's;
the statement may hold ``$formulas$`` and ```code```, as a chapter may.
The public extensions for traceability (sphinx-needs and others) want every statement written a second time, with an
identifier, in a document; here the tests are the only source. ``tests/test_claims_page.py`` sees that no theorem is left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parent.parent
FORM = re.compile(r"Chapter ([1-9]|10): (\S.*[^.])$")
WORD = re.compile(r"(?!lse\b)(?:a|[a-z]{2,})(?=[ ,-])")  # gets a capital; a name or a formula does not
COLUMNS = (("Theorem", 2), ("Claim, and its test", 8))


class Claim(NamedTuple):
    """One marker: the statement as it is written, the label of its theorem or "", and the test's name for pytest."""

    text: str
    theorem: str
    test: str

    @property
    def chapter(self) -> int:
        found = FORM.match(self.text)
        return int(found[1]) if found else 0


def collect(root: Path = ROOT) -> list[Claim]:
    """All claims of the tests below `root`, by file and line."""
    claims = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        claims += [Claim(*found) for found in _markers(ast.parse(path.read_text("utf8")), name)]
    return claims


def _markers(parent: ast.AST, name: str) -> Iterator[tuple[str, str, str]]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        here = f"{name}::{node.name}"
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "claim":
                settings = {keyword.arg: ast.literal_eval(keyword.value) for keyword in mark.keywords}
                yield ast.literal_eval(mark.args[0]), settings.get("theorem", ""), here
        yield from _markers(node, here)


class Claims(SphinxDirective):
    """The table of one chapter's claims; those of theorems first, in the order of the theorems."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # the tests are no documents: read this page anew in every build
        chapter = int(self.arguments[0])
        text = "".join(path.read_text("utf8") for path in ROOT.glob(f"chapters/{chapter:02}-*.ipynb"))
        place = {label: number for number, label in enumerate(re.findall(r":label: ([\w-]+)", text))}
        claims = [one for one in collect() if one.chapter == chapter]
        claims.sort(key=lambda one: place.get(one.theorem, len(place)))
        if not claims:
            return [nodes.paragraph(text="This chapter claims nothing for all inputs.")]
        printed = any(name.startswith(f"chapters/{chapter:02}-") for name in self.env.found_docs)
        first = 0 if any(one.theorem for one in claims) else 1  # no column of theorems where no claim is one
        body = nodes.tbody("", *(nodes.row("", *self._cells(one, printed)[first:]) for one in claims))
        titles = nodes.row("", *(nodes.entry("", nodes.paragraph(text=title)) for title, _ in COLUMNS[first:]))
        columns = [nodes.colspec(colwidth=width) for _, width in COLUMNS[first:]]
        group = nodes.tgroup("", *columns, nodes.thead("", titles), body, cols=len(columns))
        return [nodes.table("", group, classes=[] if first else ["claims"], width="100%")]

    def _cells(self, claim: Claim, printed: bool) -> list[nodes.entry]:
        reference = f"{{prf:ref}}`{claim.theorem}`" if claim.theorem and printed else ""
        statement = FORM.match(claim.text)[2]
        if WORD.match(statement):
            statement = statement[0].upper() + statement[1:]
        link, words = (self.state.inline_text(text, self.lineno)[0] for text in (reference, statement))
        # A long name may go to the next line after each of its words, and is copied in one piece.
        name = re.sub("(::|_)", r"\1<wbr/>", claim.test.removeprefix("tests/"))
        code = f'<code class="docutils literal notranslate" style="white-space:normal">{name}</code>'
        test = nodes.paragraph("", "", nodes.raw("", code, format="html"))
        return [nodes.entry("", nodes.paragraph("", "", *link)), nodes.entry("", nodes.paragraph("", "", *words), test)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("claims", Claims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
