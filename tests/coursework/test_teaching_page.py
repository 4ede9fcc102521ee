"""What the page for teachers says about chapters, homeworks and commands is so."""

import json
import re
import shlex
from pathlib import Path

import pytest

from coursework.__main__ import _parser
from coursework.assignment import read_settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "appendices/teaching.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHAPTER = re.compile(
    r"^\| \{doc\}`(\d+) \w+ </chapters/([\w-]+)>` \| (\d+) \| (\d+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE
)
HOMEWORK = re.compile(r"^\| (hw\d\d|project) \| [^|]+ \| (\d+) \| (\d+) \| ([\d, ]+) \|$", re.MULTILINE)


def box(chapter):
    cells = json.loads((ROOT / f"chapters/{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return text[text.index(":class: chapter-box") :].split("```")[0]


def test_the_times_and_needs_are_those_of_the_chapters():
    lines = CHAPTER.findall(PAGE)
    assert [int(number) for number, *_ in lines] == list(range(1, 11))
    for number, name, read, work, needs, _ in lines:
        said = box(name)
        assert f"{read} min to read, {work} min to work" in said, number
        wanted = set(re.findall(r"\d+", needs)) if needs != "–" else set()
        needed = said.split("**You need:**")[1].split("is the\nsubject")[0]
        named = set(re.findall(r"\d+", " ".join(re.findall(r"chapters? ([\d, and]+)", needed))))
        assert wanted <= named | {"3"}, number


def headings(chapter):
    cells = json.loads((ROOT / f"chapters/{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return set(re.findall(r"^#{2,4} (.+?)\s*$", text, re.MULTILINE))


def test_the_plans_name_sections_that_exist():
    plans = PAGE[PAGE.index("## Three plans") : PAGE.index("(clone-to-gradebook)=")]
    names = {name for _, name, *_ in CHAPTER.findall(PAGE)}
    known = set().union(*(headings(name) for name in names))
    sections = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", plans)
    assert len(sections) > 10
    assert set(sections) <= known


def test_the_homeworks_are_as_they_are_built():
    homeworks = {name: line for name, *line in HOMEWORK.findall(PAGE)}
    folders = {path.parent.name.split("-")[0]: path for path in (ROOT / "assignments").glob("*/assignment.toml")}
    assert set(homeworks) == set(folders)
    for name, (minutes, points, chapters) in homeworks.items():
        settings = read_settings(folders[name])
        assert (int(minutes), float(points)) == (settings.minutes, settings.points), name
        assert tuple(map(int, chapters.split(","))) == settings.chapters, name


def test_every_homework_stands_with_its_chapters():
    at = {number: homework for number, *_, homework in CHAPTER.findall(PAGE)}
    for name, _, _, chapters in HOMEWORK.findall(PAGE):
        assert any(name in at[chapter] for chapter in chapters.split(", ")), name


def test_every_chapter_names_all_its_homeworks():
    wanted = {number: [] for number, *_ in CHAPTER.findall(PAGE)}
    for name, _, _, chapters in HOMEWORK.findall(PAGE):
        for chapter in chapters.split(", "):
            wanted[chapter].append(name)
    at = {number: homework for number, *_, homework in CHAPTER.findall(PAGE)}
    assert at == {chapter: ", ".join(names) or "–" for chapter, names in wanted.items()}


@pytest.mark.parametrize("text", [PAGE, README], ids=["page", "README"])
def test_the_commands_are_understood(text):
    lines = re.findall(r"python -m coursework ([^`\n#]+)", text.replace("\\\n", " "))
    assert len(lines) >= 3
    for line in lines:
        arguments = shlex.split(line)
        if "--help" not in arguments and "." not in arguments[0]:
            assert _parser().parse_args(arguments).run


@pytest.mark.parametrize("text", [PAGE, README], ids=["page", "README"])
def test_the_targets_exist(text):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE)) <= targets


def test_the_private_question_is_as_the_builder_wants_it(tmp_path):
    from coursework.build import _rubric_problems
    from coursework.source import question_names

    code = re.search(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    rubric = re.search(r"^```markdown\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    (tmp_path / "q8.py").write_text(code, encoding="utf-8")
    assert question_names(tmp_path / "q8.py") == ["q8"]
    assert _rubric_problems("q8", 2.0, rubric) == []
