"""The whole book as one page, from which _ext/pdf.py prints the PDF: builder ``singlehtml``, template paper.html.

Sphinx's builder puts all documents into one, but leaves them what they were alone: ten sections called "exercises", each
with that id, so that a link into chapter 9 would lead to chapter 1. Here each document's ids get its name in front
(``09-meaning--exercises``), chapters become sections of the first level, and handlers that extensions gave for
``html`` alone hold as well. Public ways to a PDF (LaTeX, rinohtype, WeasyPrint) would draw formulas, figures and boxes
anew, each in a way of its own; a browser prints what readers see.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

NAMES = ("ids", "backrefs", "refids")


def slug(document: str) -> str:
    return document.rsplit("/", 1)[-1]


def renamed(uri: str) -> str:
    """The address in the one page for what Sphinx calls ``#document-chapters/02-x`` or ``#document-chapters/02-x#id``."""
    found = re.fullmatch(r"(?:intro\.html)?#document-([^#]+)(?:#(.+))?", uri)
    if not found:
        return uri
    if found[1] == "intro":
        return f"#{found[2] or 'top'}"
    return f"#{slug(found[1])}--{found[2]}" if found[2] else f"#{slug(found[1])}"


class OnePage(SphinxPostTransform):
    """Give every document a namespace of its own, and its place at the first level."""

    default_priority = 990
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        if self.app.builder.name != "singlehtml":
            return
        for reference in self.document.findall(nodes.reference):
            if "refuri" in reference:
                reference["refuri"] = renamed(reference["refuri"])
        for part in list(self.document.findall(addnodes.start_of_file)):
            name = slug(part["docname"])
            self._rename(part, name)
            section = part.next_node(nodes.section)
            section["ids"].insert(0, name)
            section["classes"].append("paper-part")
            part.parent.remove(part)
            self.document.append(part)
        for wrapper in list(self.document.findall(addnodes.compact_paragraph)) + [
            node for node in self.document.findall(nodes.compound) if "toctree-wrapper" in node["classes"]
        ]:
            wrapper.parent.remove(wrapper)

    def _rename(self, part: nodes.Element, name: str) -> None:
        for node in part.findall(nodes.Element):
            for key in NAMES:
                if node.get(key):
                    node[key] = [f"{name}--{one}" for one in node[key]]
            if node.get("refid"):
                node["refid"] = f"{name}--{node['refid']}"
        numbers = self.env.toc_fignumbers.get(part["docname"], {})
        for kind, known in numbers.items():
            numbers[kind] = {f"{name}--{one}": number for one, number in known.items()}


def _take_handlers(app: Sphinx) -> None:
    handlers = app.registry.translation_handlers
    name = app.builder.name
    if name != "html" and app.builder.format == "html":
        handlers[name] = {**handlers.get("html", {}), **handlers.get(name, {})}


def _template(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> str | None:
    if app.builder.name != "singlehtml" or doctree is None:
        return None
    context["book_title"] = app.config.html_title
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    context["paper_parts"] = [(slug(name), titles[name]) for name in app.config.external_site_map if name in titles]
    return "paper.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(OnePage)
    app.connect("builder-inited", _take_handlers)
    app.connect("html-page-context", _template, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
