"""Figures of notebooks: pictures as part of the page, and no picture without words.

A matplotlib SVG is put into the page itself, with its fixed hex colors (softmax_lib.plotting) replaced by CSS
variables, so that it follows the reader into dark mode, its text is text, and it costs no request. Large ones stay
files. Pixel pictures get their size, so that nothing moves when they arrive. Any picture of the book without a text
alternative, or with a file's path in its place, is a warning, hence fails a strict build. No public extension does
one of the three; myst-nb writes <img> with the path as its text.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import imagesize
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from svg_inline import inline_svg

logger = logging.getLogger(__name__)
INLINE_LIMIT = 150_000  # bytes
COLUMN = 704  # pixels: the width of the text column
PHONE = 544  # pixels: a wider figure scrolls on a phone, where its letters would become too small to read


class Pictures(SphinxPostTransform):
    """Check every picture's words; put vector figures into the page and sizes on the others."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        name = re.sub(r"\W+", "-", self.env.docname)
        for number, node in enumerate(list(self.document.findall(nodes.image)), 1):
            path = Path(self.app.srcdir) / node["uri"]
            alt = " ".join(node.get("alt", "").split())
            if not alt or Path(alt).suffix in {".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif"}:
                logger.warning("a picture without words: say in `alt` what it shows", location=node, type="book")
            if not path.is_file():
                continue
            epub = self.app.builder.name == "epub"  # its pictures become files again, in a form that e-readers know
            if path.suffix == ".svg" and (epub or path.stat().st_size <= INLINE_LIMIT):
                markup = inline_svg(path.read_text("utf8"), alt, f"{name}-{number}", webp=not epub)
                if int(re.search(r' width="(\d+)"', markup)[1]) > PHONE:
                    markup = f'<div class="wide-figure">{markup}</div>'
            else:
                markup = self._file(node, path, alt)
            node.replace_self(nodes.raw("", markup, format="html"))

    def _file(self, node: nodes.image, path: Path, alt: str) -> str:
        self.app.builder.images[node["uri"]] = self.env.images[node["uri"]][1]
        up = "../" * self.env.docname.count("/") if self.app.builder.name != "singlehtml" else ""
        target = f"{up}{self.app.builder.imagedir}/{self.app.builder.images[node['uri']]}"
        width, height = imagesize.get(path)
        scale = min(1, COLUMN / width)
        size = f' width="{round(width * scale)}" height="{round(height * scale)}"' if width > 0 else ""
        words = f'alt="{html.escape(alt)}"{size} loading="lazy" decoding="async"'
        return f'<img class="book-figure" src="{target}" {words}>'


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
