"""The book for e-readers: builder ``epub``, template epub.html, style sheet epub.css; `make epub` calls it.

Sphinx's builder knows EPUB 3, but takes the HTML of a page as extensions wrote it and every file of the theme, lists no
sections of this book, and does not say which files hold MathML or what the cover is. An e-reader wants XML, runs no
script, and knows neither the book's style sheet nor its variables. So each page becomes XHTML here, its pictures files
with colors of their own, its folds plain blocks. Pandoc and Calibre start from sources that they do not understand.
"""

from __future__ import annotations

import html
import re
import shutil
from hashlib import sha256
from pathlib import Path

import book_cards
import ereader
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder

SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
COVER = "_static/cover.png"
ITEM = re.compile(r'<item id="epub-[^"]*" href="([^"]*)" media-type="[^"]*"')
ACCESS = {
    "accessMode": ("textual", "visual"), "accessModeSufficient": ("textual",), "accessibilityHazard": ("none",),
    "accessibilityFeature": ("tableOfContents", "alternativeText", "MathML", "structuralNavigation", "readingOrder"),
    "accessibilitySummary": ("Formulas are MathML, and every picture says in words what it shows.",),
}  # fmt: skip


class Epub(Epub3Builder):
    """Sphinx's builder, with the book's own files in place of the theme's, sections, and a complete package."""

    def init(self) -> None:
        shutil.rmtree(self.outdir, ignore_errors=True)  # whatever lies there would go into the book
        super().init()
        self.config.epub_cover = (COVER, "epub.html")

    def copy_static_files(self) -> None:
        static = Path(self.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        (static / "epub.css").write_text(ereader.resolve(self.templates.render("epub.css", {})), "utf8")
        book_cards.draw_card(Path(self.outdir) / COVER, self.config.html_title, upright=True)

    def toc_add_files(self, refnodes: list[dict]) -> None:
        super().toc_add_files(refnodes)
        for page in list(refnodes):
            contents = self.env.tocs[page["refuri"].removesuffix(self.out_suffix)][0]  # a title, perhaps a list
            sections = contents[1] if len(contents) > 1 else []  # the landing page has a table of contents among them
            links = [section[0][0] for section in sections if isinstance(section, nodes.list_item)]
            after = refnodes.index(page) + 1
            refnodes[after:after] = [
                {"level": 2, "text": html.escape(link.astext()), "refuri": page["refuri"] + link["anchorname"]}
                for link in links
            ]

    def build_content(self) -> None:
        super().build_content()
        package = Path(self.outdir) / "content.opf"

        def with_kind(item: re.Match) -> str:
            file = Path(self.outdir) / html.unescape(item[1])
            mathml = file.suffix == self.out_suffix and "<math" in file.read_text("utf8")
            kind = "mathml" if mathml else "cover-image" if item[1] == COVER else ""
            return f'{item[0]} properties="{kind}"' if kind else item[0]

        about = [(name, value) for name, values in ACCESS.items() for value in values]
        metas = "".join(f'  <meta property="schema:{name}">{value}</meta>\n  ' for name, value in about)
        text = ITEM.sub(with_kind, package.read_text("utf8"))
        package.write_text(text.replace("</metadata>", f"{metas}</metadata>", 1), "utf8")


def _page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> str | None:
    if app.builder.name != "epub":
        return None
    images = Path(app.outdir) / app.builder.imagedir
    images.mkdir(exist_ok=True)

    def save(element: re.Match) -> str:
        text, words = ereader.picture(element[0])
        name = f"{sha256(text.encode()).hexdigest()[:16]}.svg"
        (images / name).write_text(text, "utf8")
        return f'<img class="book-figure" src="{app.builder.imgpath}/{name}" alt="{html.escape(words)}">'

    context["body"] = ereader.xhtml(SVG.sub(save, context.get("body", "")))
    return "epub.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_builder(Epub, override=True)
    app.connect("html-page-context", _page, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
