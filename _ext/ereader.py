"""What a page and its pictures become for an e-reader: XML at rest, and files that stand alone. Called by book_epub."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

import mathml
from bs4 import BeautifulSoup

from softmax_lib import interactive

SHEET = Path(__file__).resolve().parent.parent / "_static" / "book.css"
VARIABLE = re.compile(r"var\(--([\w-]+)(?:, *([^()]*))?\)")
WORDS = re.compile(r'aria-label="([^"]*)"|<title[^>]*>(.*?)</title>', re.DOTALL)
NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
# What answers to a hand or needs a script, and the folded code behind a picture.
ALIVE = "script, style, form, .lab-panel, .lab-announce, details.hide, .start"
USELESS = ("loading", "decoding", "border", "data-key")  # attributes that XHTML does not know, or nobody reads
BLOCKS = ["ul", "ol", "dl", "div", "pre", "table", "figure"]


@cache
def variables() -> dict[str, str]:
    """The book's fonts and light colors, and what the interactive figures make of them."""
    book = SHEET.read_text("utf8").split('html[data-theme="dark"]')[0]
    lab = interactive.stylesheet().split("container-type")[0]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", lab + book)) | {"fig-font": "sans-serif"}


def resolve(css: str) -> str:
    """The same without variables, which not every e-reader knows."""
    while VARIABLE.search(css):
        css = VARIABLE.sub(lambda found: variables().get(found[1], found[2] or "inherit"), css)
    return css


@cache
def _lab_style() -> str:
    """The rules for the picture of an interactive figure."""
    rules = interactive.stylesheet().split("/* pictures")[1].split("*/", 1)[1].split("[data-jp-theme")[0]
    rules = re.sub(r"/\*.*?\*/", "", rules.replace(".lab-picture ", "").replace(":where(text)", "text"))
    return f"<style>svg {{ font-family: sans-serif; }} {resolve(rules)}</style>"


def picture(element: str) -> tuple[str, str]:
    """An SVG of a page as a file's text, and what it shows in words. Its ground is its own: a page may be dark."""
    words = next(filter(None, WORDS.search(element).groups()))
    start, content = resolve(element).split(">", 1)
    x, y, width, height = re.search(r'viewBox="([^"]*)"', start)[1].split()
    box = f'width="{width}" height="{height}"'
    size = re.search(r' width="\d+" height="\d+"', start)
    font = re.search(r' style="[^"]*"', start)
    head = f'<svg {NAMES} viewBox="{x} {y} {width} {height}"{size[0] if size else " " + box}{font[0] if font else ""}>'
    style = _lab_style() if 'class="lab-' in content else ""
    content = re.sub(r"(<(?:use|image)\b[^>]*?) href=", r"\1 xlink:href=", content)
    ground = f'<rect x="{x}" y="{y}" {box} fill="{variables()["fig-paper"]}"/>'
    return f"{head}{style}{ground}{content}", " ".join(html.unescape(words).split())


def xhtml(body: str) -> str:
    """A page's HTML as XML: nothing folded, nothing that a script would bring to life."""
    soup = BeautifulSoup(body, "html.parser")
    for element in soup.select(ALIVE):
        element.decompose()
    for element in soup.find_all(True):
        element.attrs = {name: value for name, value in element.attrs.items() if name not in USELESS}
        if "href" in element.attrs:  # an old DOI has brackets in it
            element["href"] = element["href"].replace("<", "%3C").replace(">", "%3E")
        if element.name in ("details", "summary"):
            element["class"] = [*element.get("class", []), f"was-{element.name}"]
            element.attrs.pop("open", None)
            element.name = "div"
        elif element.name == "p" and element.find(BLOCKS):
            element.name = "div"
        elif element.name == "math":
            mathml.make_plain(element, soup)
    return soup.decode(formatter="minimal")
