"""The small Sphinx extensions of the book, each by itself."""

from __future__ import annotations

import base64
import io
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import ClassVar

import book_boxes
import book_cards
import book_chinese
import book_interactive
import book_math
import book_missing
import book_references
import book_slim
import book_theme
import conftest  # puts _ext on the path
import fonts
import jinja2
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pydata_sphinx_theme
import pytest
import rcssmin
import sphinx_book_theme
import svg_inline
from docutils import nodes
from fontTools.ttLib import TTFont
from PIL import Image
from pybtex.database import parse_file, parse_string

from softmax_lib import interactive, plotting

EXTENSIONS = sorted((conftest.ROOT / "_ext").glob("book_*.py"))


@pytest.mark.parametrize("path", EXTENSIONS, ids=lambda path: path.stem)
def test_an_extension_is_short_and_says_why_it_exists(path):
    text = path.read_text("utf8")
    assert len(text.splitlines()) < 100
    assert len(re.match(r'"""(.+?)"""', text, re.DOTALL)[1]) > 200


def test_math_becomes_html_and_mathml():
    drawn = book_math.render(r"\sigma(z)_k=\frac{e^{z_k}}{\sum_j e^{z_j}}", True)
    assert "<math" in drawn
    assert 'aria-hidden="true"' in drawn


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\nosuchcommand{x}", r"x^", r"\left( x"])
def test_bad_tex_is_an_error(tex):
    with pytest.raises(book_math.JSEvalException, match="KaTeX parse error"):
        book_math.render(tex, False)


def test_macros_are_known_to_the_formulas():
    assert "mathbb" in book_math.render(r"\simplex", False, r'{"\\simplex": "\\mathbb{R}"}')


def test_colors_are_those_of_the_library():
    named = {
        plotting.INK: "--fig-ink",
        plotting.MUTED: "--fig-muted",
        plotting.GRID: "--fig-grid",
        plotting.PAPER: "--fig-paper",
    }
    named |= {color: f"--c{k}" for k, color in enumerate(plotting.CLASS_COLORS)}
    assert named == svg_inline.VARIABLES


@pytest.fixture
def svg(tmp_path):
    with matplotlib.rc_context():
        plotting.use_book_style()
        figure, axes = plotting.figure(height=2)
        axes.plot([0, 1, 2], [0.123456, 0.5, 0.25], color=plotting.CLASS_COLORS[1], marker="o")
        axes.text(0.5, 0.3, "a <label> & more", color=plotting.CLASS_COLORS[2])
        figure.savefig(tmp_path / "figure.svg")
        plt.close(figure)
    return (tmp_path / "figure.svg").read_text("utf8")


def test_a_figure_in_the_page_follows_the_theme(svg):
    inline = svg_inline.inline_svg(svg, "What it shows & says", "p-1")
    root = ElementTree.fromstring(inline)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "What it shows & says"
    assert not re.search("|".join(svg_inline.VARIABLES), inline, re.IGNORECASE)
    assert "var(--c1)" in inline
    assert "var(--t2)" in re.search(r"<text[^>]*>a &lt;label", inline)[0]
    assert "a <label> & more" in "".join(root.itertext())


def test_names_in_a_figure_are_its_own(svg):
    one, two = (svg_inline.inline_svg(svg, "words", prefix) for prefix in ("p-1", "p-2"))
    names = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, two)]
    assert names[0]
    assert not names[0] & names[1]
    for text, own in zip((one, two), names, strict=True):
        assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text)) <= own


def test_names_and_letters_are_those_of_the_pages(tmp_path):
    page, script = tmp_path / "a.html", tmp_path / "a.js"
    formula = '<span class="katex-html" aria-hidden="true"><span class="x">α<span>β</span></span></span>'
    page.write_text(f'<p class="one two" id="three">card é {formula} &amp; ω</p><style>.z{{}}</style>', "utf8")
    script.write_text('e.classList.add("is-open")', "utf8")
    assert {"one", "two", "three", "is-open"} <= book_slim.names_of([page], [script])
    assert "card" not in book_slim.names_of([page], [script])
    text, drawn = fonts.letters_of([page])
    assert drawn == set("αβ")
    assert set("é&ω") <= text
    assert "z" not in text


def test_every_chinese_character_of_the_book_is_in_its_font():
    """Fails after a new word: cut Noto Serif CJK SC anew, with fontTools' pyftsubset and the characters of the pages."""
    sources = [*conftest.ROOT.glob("chapters/*.ipynb"), *conftest.ROOT.glob("appendices/*.md")]
    written = {letter for path in sources for letter in path.read_text("utf8") if re.match(book_chinese.HAN, letter)}
    font = TTFont(conftest.ROOT / "_static" / "vendor" / "fonts" / "noto-serif-han.woff2")
    assert len(written) > 200
    assert sorted(letter for letter in written if ord(letter) not in font.getBestCmap()) == []


def test_pixels_in_a_figure_stay_the_same():
    pixels = np.random.default_rng(0).integers(0, 256, size=(5, 7, 3), dtype=np.uint8)
    source = io.BytesIO()
    Image.fromarray(pixels).save(source, "PNG")
    image = f'<image href="data:image/png;base64,{base64.b64encode(source.getvalue()).decode()}"/>'
    inline = svg_inline.inline_svg(f'<svg viewBox="0 0 1 1">{image}</svg>', "words", "p")
    packed = re.search(r"data:image/webp;base64,([^\"]+)", inline)[1]
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(base64.b64decode(packed)))), pixels)


def test_words_of_code_without_a_color_are_plain_text():
    code = '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span><span class="p">)</span>'
    assert book_slim.plain_code(code) == 'x <span class="o">=</span> <span class="mi">1</span>)'


def test_the_themes_scripts_do_not_go_through_the_whole_page():
    """Fails when a new theme says it in other words: then look at the patterns."""
    sources = [
        (pydata_sphinx_theme, "theme/pydata_sphinx_theme/static/scripts/pydata-sphinx-theme.js"),
        (pydata_sphinx_theme, "theme/pydata_sphinx_theme/static/scripts/bootstrap.js"),
        (sphinx_book_theme, "theme/sphinx_book_theme/static/scripts/sphinx-book-theme.js"),
    ]
    scripts = "\n".join((Path(theme.__file__).parent / name).read_text("utf8") for theme, name in sources)
    assert [len(re.findall(pattern, scripts)) for pattern, _ in book_slim.THOROUGH] == [1, 1, 1, 1]
    assert abs(len(scripts) - len(book_slim.patient(scripts))) < 200


def test_a_rule_for_narrow_boxes_survives_the_minifier():
    css = "@container (max-width: 27rem) { .a :where(text) { color: red } .a:hover .b > :is(p, q) { color: blue } }"
    small = rcssmin.cssmin(book_slim.used_rules(css, {"a", "b"}))
    assert small == "@container (max-width:27rem){.a *:where(text){color:red}.a:hover .b>:is(p,q){color:blue}}"


def test_unused_rules_are_left_out_and_used_ones_kept():
    css = ".a,.b .c{color:red}.d:not(.z){x:y}@media print{.b{x:y}.a{x:y}}@font-face{font-family:F}a[href]{x:y}"
    kept = book_slim.used_rules(css, {"a", "d"})
    assert kept == ".a{color:red}.d:not(.z){x:y}@media print{.a{x:y}}@font-face{font-family:F}a[href]{x:y}".replace(
        "@font-face{", "@font-face{"
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("", "")),
        (
            {"BOOK_REPOSITORY_URL": "https://git.example/a/b/", "BOOK_REPOSITORY_BRANCH": "x"},
            ("https://git.example/a/b", "x"),
        ),
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "main"}, ("https://github.com/a/b", "main")),
        (
            {"CI_PROJECT_URL": "https://gitlab.example/a/b", "CI_DEFAULT_BRANCH": "trunk"},
            ("https://gitlab.example/a/b", "trunk"),
        ),
    ],
)
def test_the_repository_is_found_in_the_environment(environment, expected):
    assert book_theme.repository(environment) == expected


@pytest.mark.parametrize(
    ("url", "forge"),
    [
        ("https://github.com/a/b", "github"),
        ("https://github.example.edu/a/b", "github"),
        ("https://bitbucket.org/a/b", "bitbucket"),
        ("https://git.example.edu/a/b", "gitlab"),
    ],
)
def test_a_host_of_ones_own_is_known_to_the_theme(url, forge):
    assert book_theme.provider(url) == forge


def test_the_footer_links_the_files_of_the_whole_book_where_they_are():
    footer = jinja2.Environment(loader=jinja2.FileSystemLoader(conftest.ROOT / "_templates")).get_template(
        "book-footer.html"
    )
    built = {"pathto": lambda name, _: f"../{name}", "copyright": "2026", "author": "us"}
    assert "href" not in footer.render(built, book_files=[])
    found = re.findall(r'<a href="(.+?)">(\w+)</a>', footer.render(built, book_files=["book.pdf", "book.epub"]))
    assert found == [("../book.pdf", "PDF"), ("../book.epub", "EPUB")]


def test_the_root_of_the_book_is_the_path_of_its_address():
    assert book_missing.root("https://you.github.io/softmax/") == book_missing.root("https://you.github.io/softmax")
    assert book_missing.root("https://you.github.io/softmax") == "/softmax/"
    assert book_missing.root("https://softmax.example") == "/"
    assert book_missing.root("") == ""


def test_references_stand_where_a_reader_looks():
    entries = parse_string(
        "@misc{z, author={Zoe Abel}, title={Z}, year=2001}"
        "@misc{b, author={Ada Öst and Bo Ek and Cy Fry}, title={Later}, year=2002}"
        "@misc{a, author={Ada Öst and Bo Ek}, title={Two}, year=1999, eprint={1234.5678}}"
        "@misc{o, author={Eva Otter}, title={Alone}, year=1990}",
        "bibtex",
    ).entries.values()
    listed = [entry.text.render_as("text") for entry in book_references.Style().format_entries(list(entries))]
    assert listed == [
        "Abel, Zoe. Z. 2001.",
        "Öst, Ada, and Bo Ek. Two. 1999. arXiv:1234.5678.",
        "Öst, Ada, Bo Ek, and Cy Fry. Later. 2002.",
        "Otter, Eva. Alone. 1990.",
    ]


def test_no_reference_keeps_a_command_of_tex():
    written = parse_file(conftest.ROOT / "references.bib")
    listed = [
        entry.text.render_as("text") for entry in book_references.Style().format_entries(written.entries.values())
    ]
    assert len(listed) > 70
    assert [text for text in listed if set(text) & set("\\${}")] == []


def test_the_icon_is_a_softmax():
    heights = [float(h) for h in re.findall(r'width="7" height="([\d.]+)"', book_cards.icon())]
    assert heights[0] / 28 == pytest.approx(0.826, abs=0.01)
    assert heights == sorted(heights, reverse=True)


def test_the_card_is_a_picture(tmp_path):
    book_cards.draw_card(tmp_path / "card.png", "A title")
    assert (tmp_path / "card.png").read_bytes().startswith(b"\x89PNG")


def test_a_figure_is_drawn_before_the_page_is_read():
    figure = interactive.softmax_explorer([2.1, 0.3, -1.0], ["cat", "dog", "bird"])
    assert interactive.Figure.from_html(figure._repr_html_()) == figure
    drawn = book_interactive.draw(figure, "lab7")
    assert 'id="lab7-temperature"' in drawn
    assert "cat, with probability 0.826" in drawn


def test_a_proof_and_a_chapter_number_get_elements():
    class Nothing:
        pass

    context = {"body": '<h1>4 · Lines</h1><div class="proof admonition" id="proof">\n<p>Proof. So it is.</p></div>'}
    book_boxes._tidy(Nothing, "chapters/04-x", "", context, None)
    assert '<span class="chapter-number">4' in context["body"]
    assert '<div class="proof-text"><p><span class="proof-label">Proof.</span> So it is.' in context["body"]


def test_the_extensions_need_no_package_beyond_the_requirements():
    listed = (conftest.ROOT / "requirements.txt").read_text("utf8").lower()
    for package in ("mini-racer", "fonttools", "brotli", "rcssmin", "sphinx-proof", "sphinx-exercise"):
        assert package in listed
    assert Path(sys.modules["tinycss2"].__file__).exists()  # comes with nbconvert


@pytest.mark.parametrize(
    "tex", [r"p_{\max}^2", r"\frac{\max}{2}", r"a \overset{b}{\le} c", r"\mathop{x}_i", r"\max_i z_i"]
)
def test_formulas_are_valid_mathml(tex):
    counts = {"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2, "mroot": 2}
    math = re.search("<math.*</math>", book_math.render(tex, True))[0]
    for element in ElementTree.fromstring(math).iter():
        name = element.tag.rpartition("}")[2]
        assert len(element) == (0 if name in ("mi", "mo", "mn", "mtext") else counts.get(name, len(element))), math


def test_a_comma_stays_with_its_formula():
    class Translator:
        body: ClassVar[list[str]] = []
        config = type("Config", (), {"book_math_macros": {}})
        builder = type("Builder", (), {"name": "html"})

    sentence = nodes.paragraph("", "", nodes.math(text="a = b"), nodes.Text(", and"))
    with pytest.raises(nodes.SkipNode):
        book_math._inline(Translator, sentence[0])
    context = {"body": f"<p>{Translator.body[0]}, and</p>"}
    book_math._tie(None, "", "", context, None)
    assert '<span class="last"><span class="katex-base">' in context["body"]
    assert context["body"].endswith(",</span> and</p>")
    assert context["body"].count("<span") == context["body"].count("</span>")
