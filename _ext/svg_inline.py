"""A matplotlib SVG as an element of a page: colors as variables, names of its own, few bytes. Called by book_figures."""

from __future__ import annotations

import base64
import html
import io
import re

from PIL import Image

INK, MUTED, GRID, PAPER = "#1f2430", "#6a7180", "#d9dde3", "#fdfdfe"  # as in softmax_lib.plotting; tested
VARIABLES = {INK: "--fig-ink", MUTED: "--fig-muted", GRID: "--fig-grid", PAPER: "--fig-paper"} | {
    "#0072b2": "--c0", "#d55e00": "--c1", "#009e73": "--c2", "#b8578f": "--c3", "#a87600": "--c4",
    "#2b8cc4": "--c5", "#7a4f2e": "--c6", "#d0467a": "--c7", "#6b7280": "--c8", "#5b57c7": "--c9",
}  # fmt: skip
COLOR = re.compile("|".join(VARIABLES), re.IGNORECASE)
LONG_PATH = re.compile(r' d="[^"]{400,}"')  # a curve of many points needs a tenth, 0.13 pixels
LONG_NUMBER = re.compile(r"(\d+\.\d\d)\d+")  # a hundredth of a point is enough
PNG = re.compile(r"data:image/png;base64,([^\"]*)")
FONT = re.compile(r"font: ((?:[\w.-]+ )*)([\d.]+px) [^;\"]*")


def _text_color(found: re.Match) -> str:
    return f"var({VARIABLES[found[0].lower()].replace('--c', '--t')})"


def _webp(found: re.Match) -> str:
    """The same pixels in half the bytes."""
    packed = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(found[1]))).save(packed, "WEBP", lossless=True, quality=100, exact=True)
    return f"data:image/webp;base64,{base64.b64encode(packed.getvalue()).decode()}"


def inline_svg(source: str, alt: str, prefix: str, webp: bool = True) -> str:
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
    svg = LONG_PATH.sub(lambda path: re.sub(r"(\d\.\d)\d", r"\1", path[0]), svg)
    svg = PNG.sub(_webp, svg) if webp else svg
    svg = re.sub(r">\s+<", "><", svg)
    box = re.search(r'viewBox="([^"]*)"', svg)[1]
    width, height = (round(float(length) * 4 / 3) for length in box.split()[2:])  # points to pixels
    head = f'<svg class="book-figure" role="img" aria-label="{html.escape(alt)}" viewBox="{box}"'
    return f'{head} width="{width}" height="{height}">' + svg[svg.index(">") + 1 :]
