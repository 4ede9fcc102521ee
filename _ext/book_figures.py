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

logger = logging.getLogger(__name__)
INLINE_LIMIT = 150_000  # bytes
COLUMN = 704  # pixels: the width of the text column
PHONE = 544  # pixels: a wider figure scrolls on a phone, where its letters would become too small to read
INK, MUTED, GRID, PAPER = "#1f2430", "#6a7180", "#d9dde3", "#fdfdfe"  # as in softmax_lib.plotting; tested
VARIABLES = {INK: "--fig-ink", MUTED: "--fig-muted", GRID: "--fig-grid", PAPER: "--fig-paper"} | {
    "#0072b2": "--c0", "#d55e00": "--c1", "#009e73": "--c2", "#b8578f": "--c3", "#a87600": "--c4",
    "#2b8cc4": "--c5", "#7a4f2e": "--c6", "#d0467a": "--c7", "#6b7280": "--c8", "#5b57c7": "--c9",
}  # fmt: skip
COLOR = re.compile("|".join(VARIABLES), re.IGNORECASE)
LONG_NUMBER = re.compile(r"(\d+\.\d\d)\d+")  # a hundredth of a point is enough
FONT = re.compile(r"font: ((?:[\w.-]+ )*)([\d.]+px) [^;\"]*")


def _text_color(found: re.Match) -> str:
    return f"var({VARIABLES[found[0].lower()].replace('--c', '--t')})"


def inline_svg(source: str, alt: str, prefix: str) -> str:
    """The SVG as an element of a page: ids unique, colors variables, size by the column, text for screen readers."""
    svg = source[source.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*</defs>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else "", svg)
    svg = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}-", svg)
    svg = svg.replace("xlink:href", "href")
    # A color in a presentation attribute cannot be a variable: make it a declaration.
    svg = re.sub(r' (fill|stroke|stop-color)="(#[0-9a-fA-F]{6})"', r' style="\1: \2"', svg)
    # Small letters need more contrast than areas: a class's color has a darker variant for text, --t0 … --t9.
    svg = re.sub(r"<text[^>]*>", lambda tag: COLOR.sub(_text_color, tag[0]), svg)
    svg = COLOR.sub(lambda found: f"var({VARIABLES[found[0].lower()]})", svg)
    svg = FONT.sub(r"font: \1\2 var(--fig-font)", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: LONG_NUMBER.sub(r"\1", tag[0]), svg)
    svg = re.sub(r">\s+<", "><", svg)
    box = re.search(r'viewBox="([^"]*)"', svg)[1]
    width, height = (round(float(length) * 4 / 3) for length in box.split()[2:])  # points to pixels
    head = f'<svg class="book-figure" role="img" aria-label="{html.escape(alt)}" viewBox="{box}"'
    return f'{head} width="{width}" height="{height}">' + svg[svg.index(">") + 1 :]


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
            if path.suffix == ".svg" and path.stat().st_size <= INLINE_LIMIT:
                markup = inline_svg(path.read_text("utf8"), alt, f"{name}-{number}")
                if int(re.search(r' width="(\d+)"', markup)[1]) > PHONE:
                    markup = f'<div class="wide-figure">{markup}</div>'
            else:
                markup = self._file(node, path, alt)
            node.replace_self(nodes.raw("", markup, format="html"))

    def _file(self, node: nodes.image, path: Path, alt: str) -> str:
        self.app.builder.images[node["uri"]] = self.env.images[node["uri"]][1]
        up = "../" * self.env.docname.count("/") if self.app.builder.name == "html" else ""
        target = f"{up}{self.app.builder.imagedir}/{self.app.builder.images[node['uri']]}"
        width, height = imagesize.get(path)
        scale = min(1, COLUMN / width)
        size = f' width="{round(width * scale)}" height="{round(height * scale)}"' if width > 0 else ""
        words = f'alt="{html.escape(alt)}"{size} loading="lazy" decoding="async"'
        return f'<img class="book-figure" src="{target}" {words}>'


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
