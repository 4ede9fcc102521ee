"""Print the whole book: _build/singlehtml/intro.html (see book_paper.py) becomes _build/pdf/softmax-in-depth.pdf.

    python _ext/pdf.py

Chromium prints twice. A page cannot know which sheet a heading falls on; the first print tells, and the second has the
numbers in its contents. Tagged for screen readers, with an outline, without LaTeX. What Chromium leaves undone is done
to its file: titles of the outline in full, who wrote it, and objects packed, which makes it three times smaller.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from browser import chromium, served

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "_build" / "singlehtml"
TARGET = ROOT / "_build" / "pdf" / "softmax-in-depth.pdf"
FACTS = {"/Author": "The authors of Softmax in depth", "/Subject": "Softmax, from one formula to a checked classifier",
         "/Keywords": "softmax, log-sum-exp, cross-entropy, calibration, classification"}  # fmt: skip
PAPER = {"prefer_css_page_size": True, "print_background": True}

LOADED = """async () => {
  await document.fonts.ready;
  const pictures = [...document.images];
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
  return pictures.filter((picture) => !picture.naturalWidth).map((picture) => picture.src);
}"""
BROKEN = """() => [...document.querySelectorAll('a[href^="#"]')].map((a) => decodeURIComponent(a.hash.slice(1)))
  .filter((id) => !document.getElementById(id))"""
TWICE = (
    """() => [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"""
)
FILL = """(pages) => document.querySelectorAll(".page-of").forEach((e) => { e.textContent = pages[e.dataset.target] ?? ""; })"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((h) => h.offsetParent !== null).map((h) => {
  const words = h.cloneNode(true);
  words.querySelectorAll(".headerlink, .katex-html, annotation").forEach((e) => e.remove());
  return words.textContent.replace(/\\s+/g, " ").trim();
})"""


def page_numbers(pdf: pikepdf.Pdf) -> dict[str, int]:
    """For every anchor that a link leads to, the number of its page, counted from 1."""
    number = {page.objgen: count for count, page in enumerate(pdf.pages, 1)}
    return {name.lstrip("/"): number[place[0].objgen] for name, place in pdf.Root.Dests.items()}


def entries(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    """The outline's entries in the order of the book."""
    for item in items:
        yield item
        yield from entries(item.children)


def finish(printed: bytes, headings: list[str], target: Path) -> int:
    """Complete what Chromium wrote and save it; the number of pages."""
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        with pdf.open_outline() as outline:
            for entry, heading in zip(entries(outline.root), headings, strict=True):
                entry.title = heading
        for key, value in FACTS.items():
            pdf.docinfo[key] = value
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        target.parent.mkdir(parents=True, exist_ok=True)
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(pdf.pages)


def print_book(source: Path = SOURCE, target: Path = TARGET) -> int:
    """Write the PDF and return its number of pages."""
    with served(source) as address, chromium() as browser:
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(600_000)
        page.goto(f"{address}/intro.html", wait_until="load")
        for check, problem in ((LOADED, "pictures that did not load"), (BROKEN, "links that lead nowhere"),
                               (TWICE, "names given twice")):  # fmt: skip
            if found := page.evaluate(check):
                raise SystemExit(f"{problem}: {sorted(set(found))}")
        with pikepdf.open(io.BytesIO(page.pdf(**PAPER))) as draft:
            page.evaluate(FILL, page_numbers(draft))
        return finish(page.pdf(**PAPER, tagged=True, outline=True), page.evaluate(HEADINGS), target)


if __name__ == "__main__":
    if not (SOURCE / "intro.html").is_file():
        sys.exit("The one-page book is missing: run `make pdf`, which builds it first.")
    print(f"{print_book()} pages: {TARGET}")
