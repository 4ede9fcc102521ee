"""Fonts with the characters that the book's pages show, and no others. Called by book_assets."""

from __future__ import annotations

import html
import logging
import re
import string
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset

TAG = re.compile(r"<[^>]*>")
FORMULA = re.compile(r'<span class="katex-html"[^>]*>')
SPAN = re.compile(r"<span|</span>")


def letters_of(pages: Iterable[Path]) -> tuple[set[str], set[str]]:
    """The characters of the pages' text, and those of their drawn formulas."""
    text, drawn = set(), set()
    for path in pages:
        page = re.sub(r"<(script|style|svg|math)\b.*?</\1>", "", path.read_text("utf8"), flags=re.DOTALL)
        text.update(html.unescape(TAG.sub("", page)))
        for start in FORMULA.finditer(page):  # to the end of this <span>, which holds others
            depth, place = 1, start.end()
            while depth:
                tag = SPAN.search(page, place)
                depth, place = depth + (1 if tag[0] == "<span" else -1), tag.end()
            drawn.update(html.unescape(TAG.sub("", page[start.end() : place])))
    return text, drawn


def keep(fonts: Iterable[Path], letters: Iterable[str]) -> None:
    """Cut each font down to the characters that are written in it."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff2", layout_features=["*"])
    for path in fonts:
        font = subset.load_font(str(path), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(letter) for letter in letters])
        subsetter.subset(font)
        subset.save_font(font, str(path), options)


def icons_of(css: str) -> set[str]:
    """The characters of the icon font that a style sheet names."""
    return {chr(int(code, 16)) for code in re.findall(r'"\\(f[0-9a-f]{3})', css)} | set(
        re.findall(r"[\ue000-\uf8ff]", css)
    )


def trim(static: Path, pages: list[Path], styles: list[str]) -> None:
    """Rewrite the fonts below `static`: those of text, of formulas, and of the icons that the style sheets name."""
    text, drawn = letters_of(pages)
    keep(static.glob("vendor/fonts/*.woff2"), text | set(string.printable))
    keep(static.glob("vendor/katex/fonts/*.woff2"), drawn)
    keep(
        static.glob("vendor/fontawesome/webfonts/*.woff2"),
        icons_of("".join((static / name).read_text("utf8") for name in styles)),
    )
