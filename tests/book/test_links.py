"""The built files themselves, without a browser: links, names, hosts, and the search index."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from conftest import SITE, absent

LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("image", "href"), ("use", "href")}  # fmt: skip


class Page(HTMLParser):
    """Ids, links and loaded files of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        for key, value in attributes:
            if key == "id":
                self.ids.append(value)
            elif tag == "a" and key == "href":
                self.links.append(value)
            elif (tag, key) in LOADS and not (tag == "link" and dict(attributes).get("rel") == "canonical"):
                self.loads.append(value)


@cache
def parsed(name: str) -> Page:
    return Page((SITE / name).read_text("utf8"))


@pytest.fixture(autouse=True)
def built():
    if not (SITE / "intro.html").exists():
        absent("the book is not built: run `make book`")


def test_ids_are_unique(name):
    ids = parsed(name).ids
    assert {one for one in ids if ids.count(one) > 1} == set()


def test_links_and_anchors_resolve(name):
    broken = []
    for link in parsed(name).links:
        target = urlsplit(urljoin(f"http://book/{name}", link))
        if target.netloc != "book":
            continue
        path = unquote(target.path).lstrip("/") or "index.html"
        if not (SITE / path).is_file() or (
            target.fragment and path.endswith(".html") and unquote(target.fragment) not in parsed(path).ids
        ):
            broken.append(link)
    assert broken == []


def test_nothing_is_loaded_from_another_host(name):
    assert [one for one in parsed(name).loads if re.match(r"(?:https?:)?//", one)] == []
    for one in parsed(name).loads:
        if not one.startswith(("data:", "#")):
            path = urlsplit(urljoin(f"http://book/{name}", one)).path.lstrip("/")
            assert (SITE / path).is_file(), one


def test_style_sheets_load_nothing_from_another_host():
    for sheet in [SITE / "_static/book.bundle.css", SITE / "_static/lab.css"]:
        assert re.findall(r"url\(['\"]?(?:https?:)?//[^)]*\)|@import", sheet.read_text("utf8")) == []


def test_files_named_by_the_style_sheet_exist():
    sheet = (SITE / "_static/book.bundle.css").read_text("utf8")
    for url in re.findall(r"url\(['\"]?(?!data:|#)([^)'\"]+)", sheet):
        assert (SITE / "_static" / url.split("?")[0]).is_file(), url


def test_no_page_shows_where_it_was_built(name):
    text = (SITE / name).read_text("utf8")
    assert str(SITE.parents[1]) not in text
    assert "site-packages" not in text


def test_every_page_says_what_it_is_about(name):
    text = (SITE / name).read_text("utf8")
    assert len(re.search(r'<meta name="description" content="([^"]+)"', text)[1]) > 10
    assert re.search(r"<html lang=\"en\"", text)
    assert len(re.search(r"<title>([^<]+)</title>", text)[1]) > 5


def test_search_index_knows_the_book():
    index = (SITE / "searchindex.js").read_text("utf8")
    for word in ("softmax", "temperatur", "logit"):
        assert f'"{word}"' in index or f"{word}:" in index
