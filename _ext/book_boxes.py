"""Boxes of the book: folded ones that need no script, and numbers that begin with the chapter's.

A box with the class ``dropdown`` (solutions, quiz questions) becomes a <details>: it has its final height before any
script runs, opens by keyboard and without scripts, and a link into it opens it. sphinx-togglebutton hides the content
by script after the page is drawn. And figures, tables, equations, exercises and theorems of chapter 4 are numbered
4.1, 4.2, …, whatever other chapters are in the book: Sphinx numbers them through, or by counting chapters.
"""

from __future__ import annotations

import html
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

CHAPTER = re.compile(r"chapters/(\d+)-")
PROOF = re.compile(r'<div class="proof admonition"(?: id="(?:[\w-]+--)?proof")?>\s*<p>Proof\. ?')
TWICE = re.compile(
    r' id="(?:[\w-]+--)?(?:proof|exercise|solution)-content"'
)  # the extensions give the same name to every box
FORMULA_HEAD = '<th class="head"><p><span class="math'  # without a word it counts as empty
EMPTY_HEAD = re.compile(r'<th class="head">(?:<p></p>)?</th>')
TITLE = re.compile(r"<h1>(\d+) · ")


class Fold(SphinxPostTransform):
    """Wrap each box of class ``dropdown`` into a <details>."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        paper = self.app.builder.name == "singlehtml"  # a printed page cannot be unfolded
        for box in [node for node in self.document.findall(nodes.Admonition) if "dropdown" in node.get("classes", [])]:
            classes = [name for name in box["classes"] if name != "dropdown"]
            kind = "solution" if "solution" in classes else "quiz" if "quiz" in classes else "more"
            title = box.next_node(nodes.title)
            summary = "Solution" if kind == "solution" or title is None else title.astext()
            if kind != "solution" and title is not None and title.parent is box:
                box.remove(title)
            box["classes"] = [*classes, "folded"]
            start = (
                f'<details class="fold fold-{kind}"{" open" if paper else ""}><summary>{html.escape(summary)}</summary>'
            )
            place = box.parent.index(box)
            box.parent.insert(place + 1, nodes.raw("", "</details>", format="html"))
            box.parent.insert(place, nodes.raw("", start, format="html"))


def _number_by_chapter(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Rename the numbers that Sphinx has given, page by page and kind by kind."""
    for page, kinds in env.toc_fignumbers.items():
        chapter = [int(found[1])] if (found := CHAPTER.match(page)) else []
        for kind, numbers in kinds.items():
            kinds[kind] = {name: (*chapter, count) for count, name in enumerate(numbers, 1)}
    return []


def _tidy(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give the style sheet elements to hold on to: a chapter's number, a proof; and keep names unique."""
    body = context.get("body", "")
    body = body.replace(FORMULA_HEAD, FORMULA_HEAD.replace("<p>", '<p><span class="only-read">formula </span>'))
    body = EMPTY_HEAD.sub('<td class="head"></td>', body)
    body = PROOF.sub('<div class="proof-text"><p><span class="proof-label">Proof.</span> ', TWICE.sub("", body))
    context["body"] = TITLE.sub(r'<h1><span class="chapter-number">\1<span class="only-read"> · </span></span>', body)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Fold)
    app.connect("env-get-updated", _number_by_chapter, priority=900)
    app.connect("html-page-context", _tidy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
