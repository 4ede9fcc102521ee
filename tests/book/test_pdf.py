"""The printed book: how a PDF is made, on a page of three sections; and the whole one, where `make pdf` has made it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import book_paper
import browser as reader
import conftest
import pdf
import pikepdf
import pytest

CHAPTERS = sorted(path.stem for path in (conftest.ROOT / "chapters").glob("*.ipynb"))
SMALL = """<!DOCTYPE html><html lang="en"><title>Small</title><style>h2 { break-before: page }</style>
<h1>A <span>title</span></h1><a href="#one">One <i class="page-of" data-target="one"></i></a> <a href="#two">Two</a>
<h2 id="one">One</h2><p>Words.</p><h2 id="two">Two<a class="headerlink" href="#two">#</a></h2><p>More.</p></html>"""


def print_apart(book, target):
    """Print in a thread of its own: the page tests hold Playwright's loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(pdf.print_book, book, target).result()


def outline_of(document: pikepdf.Pdf) -> list[tuple[int, str]]:
    """Level and title of every entry."""

    def walk(items, level):
        for item in items:
            yield level, item.title
            yield from walk(item.children, level + 1)

    with document.open_outline() as outline:
        return list(walk(outline.root, 1))


@pytest.fixture
def small(tmp_path):
    if reader.find_chromium() is None:
        conftest.absent(reader.MISSING)
    (tmp_path / "intro.html").write_text(SMALL, "utf8")
    return tmp_path


def test_a_print_has_pages_outline_and_names(small):
    assert print_apart(small, small / "out" / "small.pdf") == 3
    with pikepdf.open(small / "out" / "small.pdf") as document:
        assert outline_of(document) == [(1, "A title"), (2, "One"), (2, "Two")]
        assert pdf.page_numbers(document) == {"one": 2, "two": 3}
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        assert str(document.docinfo.Title) == "Small"


def test_a_link_that_leads_nowhere_stops_the_print(small):
    (small / "intro.html").write_text(SMALL.replace('id="two"', 'id="three"'), "utf8")
    with pytest.raises(SystemExit, match="links that lead nowhere: \\['two'\\]"):
        print_apart(small, small / "small.pdf")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("#document-chapters/02-x#id", "#02-x--id"),
        ("intro.html#document-chapters/02-x", "#02-x"),
        ("#document-intro", "#top"),
        ("https://example.org/#document-x#y", "https://example.org/#document-x#y"),
    ],
)
def test_addresses_of_one_page(address, expected):
    assert book_paper.renamed(address) == expected


@pytest.fixture(scope="module")
def book():
    if not pdf.TARGET.is_file():
        pytest.skip("the book is not printed: run `make pdf`")
    with pikepdf.open(pdf.TARGET) as document:
        yield document


def test_the_book_has_every_chapter_in_its_outline(book):
    chapters = [title for level, title in outline_of(book) if level == 1]
    numbers = [title.split(" · ")[0] for title in chapters if " · " in title]
    assert numbers == [str(int(name[:2])) for name in CHAPTERS]
    assert {"Contents", "Glossary", "Bibliography"} <= set(chapters)
    assert sum(title == "Exercises" for _, title in outline_of(book)) == len(CHAPTERS)


def test_the_book_has_pages_in_order(book):
    pages = pdf.page_numbers(book)
    starts = [pages[name] for name in CHAPTERS]
    assert starts == sorted(set(starts))
    assert starts[-1] < len(book.pages) < 600
    assert starts[0] <= 8


def test_the_book_is_tagged_and_says_what_it_is(book):
    assert book.Root.MarkInfo.Marked
    assert str(book.docinfo.Title) == "Softmax in depth"
    assert pdf.TARGET.stat().st_size < 15e6
