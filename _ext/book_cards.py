"""The book's icon, its card for links that are shared, and what a search engine reads: all made from code.

The icon is the softmax of three scores; the card shows it with the title. sphinxext-opengraph draws cards too, but
fetches its fonts from a content network and knows nothing of the icon.
"""

from __future__ import annotations

import html
import os
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from softmax_lib import softmax

SCORES, COLORS = (2.1, 0.3, -1.0), ("#0072b2", "#d55e00", "#009e73")
INK, PAPER = "#1f2430", "#fdfdfe"


def icon() -> str:
    """An SVG of 32 × 32: three bars, as high as the probabilities, on paper with round corners."""
    bars = "".join(
        f'<rect x="{4 + 8.5 * k}" y="{28 - height:.1f}" width="7" height="{height:.1f}" fill="{color}"/>'
        for k, (color, height) in enumerate(zip(COLORS, (max(2.5, 28 * p) for p in softmax(SCORES)), strict=True))
    )
    paper = f'<rect width="32" height="32" rx="5" fill="{PAPER}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{paper}{bars}</svg>\n'


def draw_card(path: Path, title: str, upright: bool = False) -> None:
    """The title over a strip that the three probabilities share: a PNG of 1200 × 630, or of 1200 × 1800 as a cover."""
    from matplotlib.figure import Figure

    height, top = (1800, 1250) if upright else (630, 400)
    figure = Figure(figsize=(12, height / 100), dpi=100, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1200), ylim=(0, height))
    axes.axis("off")
    axes.text(90, top, title, fontsize=62, fontweight="bold", color=INK, va="center", family="serif")
    axes.text(90, top - 110, "Scores in, probabilities out, and everything\nthat follows: an executable book", fontsize=26,
              color=INK, va="center", linespacing=1.5, family="serif")  # fmt: skip
    start = 90.0
    for color, p in zip(COLORS, softmax(SCORES), strict=True):
        axes.bar(start, 26, 1020 * p, bottom=120, align="edge", color=color)
        start += 1020 * p
    figure.savefig(path)


def _write(app: Sphinx) -> None:
    if app.builder.name == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        (static / "icon.svg").write_text(icon(), "utf8")
        if not (static / "card.png").exists():
            draw_card(static / "card.png", app.config.html_title)


def description(doctree: nodes.document) -> str:
    """The first paragraph of a page as plain text, cut at a word."""
    text = next((node.astext() for node in doctree.findall(nodes.paragraph)), "")
    words = " ".join(text.split())
    return words if len(words) <= 160 else words[:157].rsplit(" ", 1)[0] + " …"


def _describe(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    title = html.escape(context.get("title") or app.config.html_title)
    words = html.escape(description(doctree) if doctree is not None else app.config.html_title)
    tags = {"og:title": title, "og:description": words, "og:type": "article", "og:site_name": app.config.html_title}
    base = (os.environ.get("BOOK_BASE_URL") or app.config.html_baseurl).rstrip("/")
    if base:  # a card is only found by its full address
        tags |= {"og:url": f"{base}/{page}.html", "og:image": f"{base}/_static/card.png"}
    lines = [f'<meta name="description" content="{words}" />']
    lines += [f'<meta property="{name}" content="{content}" />' for name, content in tags.items()]
    context["metatags"] = context.get("metatags", "") + "\n    " + "\n    ".join(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
