"""The book for e-readers: what a page becomes, and the whole one, where `make epub` has made it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import book_math
import conftest
import ereader
import pytest

EPUB = conftest.ROOT / "_build" / "epub" / "softmax-in-depth.epub"
CHAPTERS = sorted(path.stem for path in (conftest.ROOT / "chapters").glob("*.ipynb"))
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


def test_a_page_becomes_xml_with_nothing_folded_or_alive():
    page = (
        '<p>One<br>two &amp; &nbsp;<a href="https://doi.org/1<2>3">three</a></p><script>alert()</script>'
        '<details class="fold" open><summary>Solution</summary><p>Four.</p></details><input disabled><form></form>'
    )
    root = ElementTree.fromstring(f"<body>{ereader.xhtml(page)}</body>")
    assert [element.get("class") for element in root.iter("div")] == ["fold was-details", "was-summary"]
    assert root.find(".//a").get("href") == "https://doi.org/1%3C2%3E3"
    assert not {"script", "details", "summary", "form"} & {element.tag for element in root.iter()}


def test_a_formula_needs_no_more_than_mathml_core():
    tex = r"\mathbb E[\mathbf 1^\top v] \in \mathbb R_+, \mathbb 1, \quad \log p_k + \log(2)"
    root = ElementTree.fromstring(ereader.xhtml(book_math.render(tex, display=False, output="mathml")))
    text = "".join(root.itertext())
    assert {"𝔼", "𝟏", "ℝ", "𝟙"} <= set(text)
    variants = {element.get("mathvariant") for element in root.iter()}
    assert variants <= {None, "normal"}
    assert len([element for element in root.iter() if element.get("width") == "0.17em"]) == 1  # none before a bracket
    assert next(root.iter("{http://www.w3.org/1998/Math/MathML}math")).get("alttext") == tex


def test_a_picture_stands_alone():
    picture = '<svg class="book-figure" viewBox="0 0 8 4" width="8" height="4" role="img" aria-label="Two bars"><rect fill="var(--c0)" x="1"/></svg>'
    text, words = ereader.picture(picture)
    root = ElementTree.fromstring(text)
    assert words == "Two bars"
    assert root.tag == f"{SVG}svg"
    assert "var(" not in text
    assert [shape.get("fill") for shape in root.iter(f"{SVG}rect")] == ["#fdfdfe", "#0072b2"]


@pytest.fixture(scope="module")
def book():
    if not EPUB.exists():
        pytest.skip("the book for e-readers is not made: run `make epub`")
    with zipfile.ZipFile(EPUB) as archive:
        yield archive


def pages(book):
    return {name: ElementTree.fromstring(book.read(name)) for name in book.namelist() if name.endswith(".xhtml")}


def test_every_page_is_there_and_is_xml(book):
    found = pages(book)
    assert [f"chapters/{chapter}.xhtml" for chapter in CHAPTERS] == sorted(
        n for n in found if n.startswith("chapters/")
    )
    for name, page in found.items():
        tags = {element.tag.removeprefix(XHTML) for element in page.iter()}
        assert not tags & {"script", "details", "form", "iframe"}, name


def test_the_contents_lead_to_chapters_and_sections(book):
    links = [link.get("href") for link in ElementTree.fromstring(book.read("nav.xhtml")).iter(f"{XHTML}a")]
    for chapter in CHAPTERS:
        assert f"chapters/{chapter}.xhtml" in links
        assert sum(link.startswith(f"chapters/{chapter}.xhtml#") for link in links) >= 5


def test_links_inside_resolve(book):
    found = pages(book)
    places = {name: {element.get("id") for element in page.iter()} for name, page in found.items()}
    broken = []
    for name, page in found.items():
        for link in page.iter(f"{XHTML}a"):
            address = urlsplit(urljoin(f"http://book/{name}", link.get("href", "")))
            if address.netloc == "book":
                target = address.path.lstrip("/")
                if target not in places or (address.fragment and address.fragment not in places[target]):
                    broken.append((name, link.get("href")))
    assert broken == []


def test_pictures_have_words(book):
    for name, page in pages(book).items():
        for picture in page.iter(f"{XHTML}img"):
            assert len(picture.get("alt", "")) > 15, (name, picture.attrib)


def test_it_is_valid(book):
    """What EPUBCheck says of it: no error, no warning."""
    program = shutil.which("epubcheck")
    if program is None or shutil.which("java") is None:
        pytest.skip("no EPUBCheck: install it (`apt install epubcheck`)")
    done = subprocess.run(
        ["java", "-jar", program, "--failonwarnings", str(EPUB)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
