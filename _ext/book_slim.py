"""Leave out what no page uses: rules of the style sheets, glyphs of the icon fonts. Called by book_assets.

The theme brings all of Bootstrap and two thousand icons; the book uses a tenth of the one and a dozen of the other.
PurgeCSS and its like need Node.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2
from fontTools import subset

NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
ARGUMENT = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
WORD = re.compile(r"[\w-]+")


def words_of(files: Iterable[Path]) -> set[str]:
    """Every word of pages and scripts: a class that is none of them can be on no element."""
    return {word for path in files for word in WORD.findall(path.read_text("utf8"))}


def _is_used(selector: str, words: set[str]) -> bool:
    return all(name in words for name in NAME.findall(ARGUMENT.sub("", selector)))


def _selectors(prelude: list) -> list[str]:
    """The parts of a selector list, split at the commas that are not inside brackets."""
    parts: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def used_rules(css: str, words: set[str]) -> str:
    """The style sheet without the selectors that name a class or id outside `words`."""
    kept = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            selectors = [part for part in _selectors(rule.prelude) if _is_used(part, words)]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.at_keyword in {"media", "supports", "container", "layer"} and rule.content:
            inside = used_rules(tinycss2.serialize(rule.content), words)
            if inside:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        elif rule.type != "error":
            kept.append(rule.serialize())
    return "".join(kept)


def shrink(sheets: list[Path], words: set[str], icons: Path) -> None:
    """Rewrite the style sheets without unused rules, and the fonts in `icons` without the glyphs that no rule names."""
    for path in sheets:
        path.write_text(used_rules(path.read_text("utf8"), words), "utf8")
    subset_icons(icons, "".join(path.read_text("utf8") for path in sheets))


def subset_icons(folder: Path, css: str) -> None:
    """Cut each icon font in `folder` down to the code points that the style sheet names."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    codes = {int(code, 16) for code in re.findall(r'"\\(f[0-9a-f]{3})', css)} | {
        ord(c) for c in css if "\ue000" <= c <= "\uf8ff"
    }
    options = subset.Options(flavor="woff2", layout_features=[])
    for path in folder.glob("*.woff2"):
        font = subset.load_font(str(path), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        subset.save_font(font, str(path), options)
