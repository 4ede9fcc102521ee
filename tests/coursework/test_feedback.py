"""What a student reads: all that helps, and nothing of what is hidden."""

import html.parser
import json
import re
from pathlib import Path

import pytest
from docutils.nodes import make_id
from made_up import HIDDEN_MESSAGE, SECRET_REASON, assignment, entry, template

from coursework.feedback import chapter_pages, link_chapters, write_feedback

ROOT = Path(__file__).parents[2]
FILES = {1: "01-softmax", 3: "03-function"}


class Tags(html.parser.HTMLParser):
    """Collects tags and text, and checks that what opens closes."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "rect", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)


def read(tmp_path, *entries, **options):
    measure = template(tmp_path)
    paths = write_feedback(tmp_path / "feedback", assignment(), entries, measure, **options)
    return [path.read_text(encoding="utf-8") for path in paths]


def test_points_and_messages(tmp_path):
    [page] = read(
        tmp_path,
        entry("jane", "test_values", name="Jane Doe", late=True),
        book="https://e.org/",
        chapters=ROOT / "chapters",
    )
    words = " ".join("".join(Tags(page).words).split())
    assert "1 of 10 points" in words
    assert "handed in late" in words
    assert "Still to be marked by a person: Question 3 · Why?." in words
    assert "Question 1 · Three lines: 1 of 4" in words
    assert HIDDEN_MESSAGE in words
    assert 'href="https://e.org/chapters/03-function.html#the-shift-once-more-as-a-theorem"' in page


def test_nothing_hidden_is_shown(tmp_path):
    notes = ("cell 4: NameError: z", "q1 test_hidden_huge: timeout", "cell 5: in test_hidden_huge", "killed: 731.25")
    for passed in ("", "test_values", "test_values test_hidden_huge test_rows"):
        [page] = read(tmp_path, entry("jane", passed, notes=notes))
        assert "test_hidden" not in page
        assert "731.25" not in page
        assert SECRET_REASON not in page
        assert "cell 4: NameError: z" in page
    assert "Passed a further check that you could not see: 3 points" in page


def test_reasons_of_public_tests_are_not_shown_either(tmp_path):
    [page] = read(tmp_path, entry("jane"))
    assert "AssertionError" not in page


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_names_notes_and_comments_are_escaped(tmp_path):
    [page] = read(
        tmp_path, entry("jane", name=EVIL, notes=(f"cell 1: {EVIL}",), comments={"q3": EVIL}, written={"q3": 1.0})
    )
    tags = Tags(page)
    assert not {"script", "img"} & {tag for tag, _ in tags.tags}
    assert "".join(tags.words).count(EVIL) == 3


def test_the_page_needs_nothing_from_elsewhere(tmp_path):
    [page] = read(tmp_path, entry("jane", "test_values"), book="https://e.org", chapters=ROOT / "chapters")
    tags = Tags(page)
    assert not [tag for tag in tags.tags if tag[0] in ("script", "link", "img", "iframe") or "src" in tag[1]]
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_the_page_is_made_for_screen_readers(tmp_path):
    [page] = read(tmp_path, entry("jane", "test_values"))
    tags = Tags(page).tags
    names = [tag for tag, _ in tags]
    assert ("html", {"lang": "en"}) in tags
    assert names.count("main") == names.count("h1") == 1
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")
    assert page.count("Failed. ") == page.count(">✗<")
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in tags if tag == "a"} <= set(ids)


def test_colors_have_contrast_in_both_modes():
    from coursework.pages import STYLE

    def light(color):
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    modes = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    assert len(modes) == 2
    for mode in modes:
        color = dict(re.findall(r"--(\w+): (#\w{6})", mode))
        for ink in ("ink", "muted", "accent", "good", "bad"):
            for ground in ("paper", "tint"):
                low, high = sorted((light(color[ink]), light(color[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)
        low, high = sorted((light(color["ink"]), light(color["mark"])))
        assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("message", "address"),
    [
        ("Reread chapter 1, 'When it breaks'.", "01-softmax.html#when-it-breaks"),
        ("Reread chapter 1, 'A model's scores'. Then", "01-softmax.html#a-model-s-scores"),
        ("see Chapter 3", "03-function.html"),
        ("Chapter 1, “By hand: 2.1, 0.3, −1.0”.", "01-softmax.html#by-hand-2-1-0-3-1-0"),
    ],
)
def test_links_to_sections(message, address):
    linked = link_chapters(message, "https://e.org", FILES)
    assert f'href="https://e.org/chapters/{address}"' in linked
    assert html.unescape(re.sub("<[^>]*>", "", linked)) == message


def test_no_link_without_a_book_or_a_chapter():
    assert "<a" not in link_chapters("Reread chapter 1, 'X'.", "", FILES)
    assert "<a" not in link_chapters("Reread chapter 7, 'X'.", "https://e.org", FILES)


def test_all_chapters_are_known():
    assert sorted(chapter_pages(ROOT / "chapters")) == list(range(1, 11))


def test_every_message_of_the_homeworks_links_to_a_section_that_exists():
    """A chapter's sections are named by docutils: the first heading of a text gets its plain form."""
    files = chapter_pages(ROOT / "chapters")
    anchors = {}
    for file in files.values():
        cells = json.loads((ROOT / f"chapters/{file}.ipynb").read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        anchors[file] = {make_id(heading) for heading in re.findall(r"^#{2,4} (.+)$", text, re.MULTILINE)}
    sources = list((ROOT / "assignments").glob("*/*.py"))
    messages = [
        " ".join(message.split())
        for source in sources
        for message in re.findall(
            r"^failure_message: (.+?)\n(?=\S)", source.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
    ]
    assert len(messages) >= 10 * len(sources)
    for message in messages:
        links = re.findall(r'chapters/([\w-]+)\.html#([^"]*)"', link_chapters(message, "https://e.org", files))
        assert links, message
        assert all(anchor in anchors[file] for file, anchor in links), message
