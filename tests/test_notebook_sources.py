"""Every chapter keeps the frame that readers rely on; what a machine can check of STYLE is checked here."""

import re
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
FRAME_BEFORE = ["Touch it first"]
FRAME_AFTER = [
    "When it breaks",
    "Common mistakes",
    "Exercises",
    "Check yourself",
    "What to remember",
    "Further reading",
]
MOST_LINES = 25


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, 4)


def _prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _headings(notebook, level):
    """Headings of one level, fenced blocks left out."""
    text = re.sub(r"^(`{3,}|:{3,}).*?^\1\s*$", "", _prose(notebook), flags=re.MULTILINE | re.DOTALL)
    return re.findall(rf"^#{{{level}}} (.+?)\s*$", text, flags=re.MULTILINE)


def test_there_are_chapters():
    assert CHAPTERS


def test_every_chapter_is_in_the_book():
    listed = re.findall(r"chapters/[\w-]+", (ROOT / "_toc.yml").read_text("utf8"))
    assert listed == [f"chapters/{path.stem}" for path in CHAPTERS]


def test_toc_lists_only_files_that_exist():
    entries, found = [yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))], []
    while entries:
        entry = entries.pop()
        found += [entry[key] for key in ("root", "file") if key in entry]
        entries += [*entry.get("parts", []), *entry.get("chapters", []), *entry.get("sections", [])]
    for name in found:
        assert any((ROOT / f"{name}{suffix}").exists() for suffix in (".md", ".ipynb")), name


def test_committed_without_outputs_and_editor_metadata(notebook):
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "mystnb"}
    for cell in _code(notebook):
        assert not cell.outputs
        assert cell.execution_count is None


def test_headings_follow_the_frame(notebook):
    (title,) = _headings(notebook, 1)
    assert re.match(r"\d+ · ", title)
    sections = _headings(notebook, 2)
    assert sections[: len(FRAME_BEFORE)] == FRAME_BEFORE
    assert sections[-len(FRAME_AFTER) :] == FRAME_AFTER
    assert len(sections) > len(FRAME_BEFORE) + len(FRAME_AFTER)


def test_opening_box_says_what_for_how_long_and_what_is_needed(notebook):
    opening = _prose(notebook).split("## Touch it first")[0]
    assert ":class: chapter-box" in opening
    assert "You will be able to" in opening
    assert re.search(r"\d+ min", opening)
    assert "You need" in opening


def test_exercises_have_stars_and_solutions(notebook):
    prose = _prose(notebook)
    exercises = re.findall(r"\{exercise(?:-start)?\} (.*)\n:label: (\S+)", prose)
    assert len(exercises) >= 5
    stars = [re.match(r"★+", title).group() for title, _ in exercises]
    assert {"★", "★★", "★★★"} <= set(stars)
    solved = re.findall(r"\{solution(?:-start)?\} (\S+)", prose)
    assert sorted(solved) == sorted(label for _, label in exercises)
    assert any("prove" in title.lower() or "proof" in title.lower() for title, _ in exercises) or "Prove" in prose


def test_solutions_are_folded(notebook):
    for block in re.findall(r"\{solution(?:-start)?\} \S+\n((?::.*\n)*)", _prose(notebook)):
        assert ":class: dropdown" in block


def test_quiz_has_enough_questions(notebook):
    assert len(re.findall(r":class: .*\bquiz\b", _prose(notebook))) >= 4


def test_has_a_failure_box_and_a_figure_to_touch(notebook):
    assert re.search(r":class: .*\bfailure\b", _prose(notebook))
    assert any(re.search(r"^interactive\.\w+\(", cell.source, flags=re.MULTILINE) for cell in _code(notebook))


def test_summary_is_short_and_reading_is_cited(notebook):
    summary, reading = _prose(notebook).split("## What to remember")[1].split("## Further reading")
    assert len([line for line in summary.splitlines() if line.strip()]) <= 10
    assert "{cite" in reading


def test_cells_fit_on_a_screen_and_install_nothing(notebook):
    for cell in _code(notebook):
        lines = cell.source.splitlines()
        assert len(lines) <= MOST_LINES, lines[0]
        assert not re.search(r"^\s*[!%]\s*(pip|conda)|https?://", cell.source, flags=re.MULTILINE), lines[0]


def test_figures_have_a_description_and_a_caption(notebook):
    """The alt text says what a sighted reader learns; the caption is the question that the figure answers."""
    for cell in _code(notebook):
        settings = cell.metadata.get("mystnb", {})
        if "image" in settings:
            alt = settings["image"]["alt"]
            assert len(alt) >= 30, alt
            assert "figure" in settings, alt
            assert settings["figure"]["caption"].strip()
            assert re.match(r"fig-\d\d-", settings["figure"]["name"])
        elif re.search(r"\bplotting\.(figure|image_grid|weight_grid)\(|\bplt\.", cell.source):
            pytest.fail(f"a figure without alt text: {cell.source.splitlines()[0]}")


def test_nothing_is_left_undone(notebook):
    text = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"\b(TODO|FIXME|XXX|TBD|lorem ipsum)\b", text)
    assert not re.search(r"it is easy to see|it is worth noting|\bsimply\b", text, flags=re.IGNORECASE)


def test_citations_and_terms_exist(notebook):
    prose = _prose(notebook)
    keys = {key.strip() for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", prose) for key in group.split(",")}
    known = set(re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "references.bib").read_text("utf8"), flags=re.MULTILINE))
    assert keys <= known, keys - known


def _minutes(path):
    """Minutes to read and to work, as the box at the chapter's beginning states them."""
    stated = re.search(r"\*\*Time:\*\* (\d+) min to read, (\d+) min to work", _prose(nbformat.read(path, 4)))
    return int(stated[1]), int(stated[2])


def test_landing_page_and_course_plan_state_the_minutes_of_the_chapters():
    times = {path.stem: _minutes(path) for path in CHAPTERS}
    whole = sorted(sum(pair) for pair in times.values())
    assert f"takes {whole[0]} to {whole[-1]} minutes" in (ROOT / "intro.md").read_text("utf8")
    table = re.findall(
        r"</chapters/([\w-]+)>` \| (\d+) \| (\d+) \|", (ROOT / "appendices" / "teaching.md").read_text("utf8")
    )
    assert {name: (int(read), int(work)) for name, read, work in table} == times


def test_landing_page_lists_every_page_in_the_order_of_the_contents():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    pages = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    listed = re.findall(
        r"^\[\]\(((?:chapters|appendices)/[\w-]+)\.(?:ipynb|md)\)$", (ROOT / "intro.md").read_text("utf8"), re.MULTILINE
    )
    assert listed == pages
