"""Leave out what no page uses: rules of the style sheets, plain words' elements, a slow listener. Called by book_assets.

The theme brings all of Bootstrap and two thousand icons; the book uses a tenth of the one and a dozen of the other.
PurgeCSS and its like need Node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2

NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
ARGUMENT = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
WORD = re.compile(r"[\w-]+")
GIVEN = re.compile(r'\b(?:class|id)="([^"]*)"')
# Names and punctuation have the color of the text around them: a quarter of a chapter's elements says nothing.
PLAIN_WORD = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
# The theme goes through the whole page when it has loaded, which lays all of it out at once: it measures every box
# (book.js does so when a box comes near), looks for notes in the margin by 28 classes (the book has three, and browsers
# find one class at a time fast), asks how high a bar is that this theme does not show, and watches titles to mark their
# sections in the sidebar (book.js marks the section that is read).
THOROUGH = [
    (r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)', ""),
    (
        r'document\.querySelectorAll\(\w+\.join\(", "\)\)(?=\.forEach\(\(?\w+=>\{\w+\.observe)',
        '["margin","sidenote","marginnote"].flatMap(name=>[...document.getElementsByClassName(name)])',
    ),
    (r'document\.getElementsByClassName\("bd-header"\)\[0\]\.getBoundingClientRect\(\)', "{bottom:0}"),
    (
        r'(?<=function\(\)\{)const (\w+)=document\.querySelector\("#pst-page-toc-nav"\);if\(!\1\)return;',
        r"return;const \1=0;",
    ),
]


def names_of(pages: Iterable[Path], scripts: Iterable[Path]) -> set[str]:
    """Classes and ids of the pages, and every word of the scripts: a name that is none of them is on no element."""
    names = {name for path in pages for value in GIVEN.findall(path.read_text("utf8")) for name in value.split()}
    return names | {word for path in scripts for word in WORD.findall(path.read_text("utf8"))}


def plain_code(body: str) -> str:
    """The page without the elements around words of code that have no color of their own."""
    return PLAIN_WORD.sub(r"\1", body)


def patient(script: str) -> str:
    """The theme's scripts without their passes over the whole page."""
    for pattern, instead in THOROUGH:
        script = re.sub(pattern, instead, script)
    return script


def _is_used(selector: str, names: set[str]) -> bool:
    return all(name in names for name in NAME.findall(ARGUMENT.sub("", selector)))


def _selectors(prelude: list) -> list[str]:
    """The parts of a selector list, split at the commas that are not inside brackets."""
    parts: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _starred(selector: str) -> str:
    """``.a :is(b)`` as ``.a *:is(b)``, the same in other letters: rcssmin eats that space inside @container and @layer."""
    return re.sub(r"(?<=[\w\])*])\s+(?=:[a-z])", " *", selector)


def used_rules(css: str, names: set[str]) -> str:
    """The style sheet without the selectors that name a class or id outside `names`."""
    kept = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            selectors = [_starred(part) for part in _selectors(rule.prelude) if _is_used(part, names)]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.at_keyword in {"media", "supports", "container", "layer"} and rule.content:
            inside = used_rules(tinycss2.serialize(rule.content), names)
            if inside:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        elif rule.type != "error":
            kept.append(rule.serialize())
    return "".join(kept)


def shrink(sheets: list[Path], names: set[str]) -> None:
    """Rewrite the style sheets without the rules that hold for no element."""
    for path in sheets:
        path.write_text(used_rules(path.read_text("utf8"), names), "utf8")
