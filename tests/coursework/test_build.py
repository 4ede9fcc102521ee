"""The builder: what it makes of a small assignment, and everything it must refuse."""

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import small

from coursework import build as builder
from coursework.assignment import load_assignment
from coursework.build import BuildError, build, find_assignments
from coursework.leaks import MARKERS, find_leaks
from coursework.sandbox import SandboxError, check_sandbox
from coursework.source import SourceError, read_source, read_wrong


@pytest.fixture(scope="module", autouse=True)
def otter_once(tmp_path_factory):
    """Let Otter, which takes seconds, run once for each source."""
    kept, run = {}, builder._run_otter

    def remembered(sources, made):
        notebook = builder.as_notebook(sources.source, sources.questions)
        key = json.dumps([[cell.cell_type, cell.source] for cell in notebook.cells])
        if key not in kept:
            run(sources, made)
            kept[key] = shutil.copytree(made, tmp_path_factory.mktemp("otter") / "made")
        else:
            shutil.copytree(kept[key], made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "_run_otter", remembered)
        yield


@pytest.fixture
def assignments(tmp_path, monkeypatch):
    """An empty `assignments/` in place of the repository's."""
    root = tmp_path / "assignments"
    root.mkdir()
    monkeypatch.setattr(builder, "ASSIGNMENTS", root)
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory, otter_once):
    """The small assignment, built once, without grades."""
    root = tmp_path_factory.mktemp("built")
    small.write(root / "assignments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "ASSIGNMENTS", root / "assignments")
        build(output=root / "out", check=False)
    return root / "out"


def refusal(output, **options):
    with pytest.raises(BuildError) as error:
        build(output=output, **options)
    assert not (output / "student" / "hw91").exists()
    return str(error.value)


# --- what is built ----------------------------------------------------------------------------------------------------


def test_student_side(built):
    files = sorted(path.relative_to(built / "student").as_posix() for path in (built / "student").rglob("*.*"))
    assert files == ["hw91.zip", "hw91/README.md", "hw91/hw91.ipynb", "hw91/tests/q1.py"]
    with zipfile.ZipFile(built / "student" / "hw91.zip") as archive:
        assert sorted(archive.namelist()) == [name for name in files if name != "hw91.zip"]
        for name in archive.namelist():
            assert archive.read(name) == (built / "student" / name).read_bytes()


def test_student_notebook_is_bare_and_clean(built):
    notebook = nbformat.read(built / "student/hw91/hw91.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "otter"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert any(cell.source.strip() == 'def double(x):\n    """Twice x."""\n    ...' for cell in code)
    assert [cell.source for cell in code if "grader.check" in cell.source] == ['grader.check("q1")']
    assert "grader.export(pdf=False" in code[-1].source
    assert all(set(cell.metadata) <= {"deletable", "editable"} for cell in notebook.cells)


def test_only_otters_code_is_locked(built):
    notebook = nbformat.read(built / "student/hw91/hw91.ipynb", as_version=4)
    locked = [c.source for c in notebook.cells if c.cell_type == "code" and not c.metadata.get("editable", True)]
    assert len(locked) == 3
    assert all("otter" in source or "grader." in source for source in locked)


def test_written_answer_can_be_found(built):
    for path in (built / "student/hw91/hw91.ipynb", built / "instructor/hw91/reference.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        assert [cell.cell_type for cell in cells if cell.id == "q2-answer"] == ["markdown"]
        assert len({cell.id for cell in cells}) == len(cells)


def test_instructor_side(built):
    folder = built / "instructor/hw91"
    assignment = load_assignment(folder)
    assert (assignment.title, assignment.points, assignment.chapters) == ("A small assignment", 5, (1,))
    written, tested = assignment.questions[1], assignment.questions[0]
    assert (written.manual, written.points, written.tests) == (True, 2, ())
    assert [(test.name, test.points, test.hidden) for test in tested.tests] == [
        ("test_two", 1, False),
        ("test_hidden_negative", 2, True),
    ]
    assert "test_hidden_negative" in (folder / "tests/q1.py").read_text()
    assert (folder / "handout.ipynb").read_bytes() == (built / "student/hw91/hw91.ipynb").read_bytes()
    assert "secretly_the_answer" in (folder / "reference.ipynb").read_text()
    assert (folder / "rubric.md").read_text() == small.RUBRIC


def test_readme_says_how(built):
    text = (built / "student/hw91/README.md").read_text()
    for words in ("5 minutes", "5 points", "chapter 1", "requirements.txt", "jupyter lab hw91.ipynb", 'check("q1")'):
        assert words in text
    assert '"otter-grader>=7,<8" "numpy>=1.26,<3"' in text


def test_readme_of_an_assignment_with_the_library_asks_for_the_repository(built, tmp_path, assignments):
    cell = "try:\n    from softmax_lib.datasets import load_fashion_mnist\nexcept ImportError:\n    pass\n"
    small.write(assignments, source=small.SOURCE.replace("import numpy as np\n", f"import numpy as np\n\n{cell}", 1))
    build(output=tmp_path / "out", check=False)
    text = (tmp_path / "out/student/hw91/README.md").read_text()
    assert "This assignment needs the repository: its library, `softmax_lib`" in text
    assert "python -m pip install" not in text


def test_same_bytes_again(built, tmp_path, assignments):
    small.write(assignments)
    build(output=tmp_path / "out", check=False)
    name = "student/hw91.zip"
    assert (tmp_path / "out" / name).read_bytes() == (built / name).read_bytes()


def test_unchanged_is_not_built_again(tmp_path, assignments, monkeypatch, capsys):
    folder = small.write(assignments)
    build(output=tmp_path / "out", check=False)
    assert "unchanged" not in capsys.readouterr().out
    build(output=tmp_path / "out", check=False)
    assert "unchanged" in capsys.readouterr().out

    monkeypatch.setattr(builder, "_run_otter", lambda *_: (_ for _ in ()).throw(BuildError("Otter was run")))
    build(output=tmp_path / "out", check=False)
    with pytest.raises(BuildError, match="Otter was run"):  # it was built, and never graded
        build(output=tmp_path / "out")
    (folder / "rubric.md").write_text(small.RUBRIC + "\nmore\n")
    with pytest.raises(BuildError, match="Otter was run"):
        build(output=tmp_path / "out", check=False)
    small.write(assignments)
    monkeypatch.setenv("COURSEWORK_SEED", "another class")
    with pytest.raises(BuildError, match="Otter was run"):
        build(output=tmp_path / "out", check=False)


# --- grades -----------------------------------------------------------------------------------------------------------


def needs_sandbox():
    try:
        check_sandbox()
    except SandboxError as error:
        if "COURSEWORK_NEEDS_SANDBOX" in os.environ:
            raise
        pytest.skip(f"no sandbox here: {str(error).splitlines()[0]}")


def test_grades_as_promised(tmp_path, assignments, capsys):
    needs_sandbox()
    small.write(assignments)
    build(output=tmp_path / "out")
    assert "5 wrong solutions caught" in capsys.readouterr().out


def test_without_a_sandbox_it_says_so_and_goes_on(tmp_path, assignments, monkeypatch, capsys):
    def missing():
        raise SandboxError("bubblewrap is missing")

    builder._has_sandbox.cache_clear()
    monkeypatch.setattr(builder, "check_sandbox", missing)
    small.write(assignments)
    build(output=tmp_path / "out")
    builder._has_sandbox.cache_clear()
    said = capsys.readouterr().out
    assert "bubblewrap is missing" in said
    assert "5 wrong solutions caught" in said


def test_refuses_wrong_solutions_other_than_declared(tmp_path, assignments):
    needs_sandbox()
    wrong = small.WRONG | {"half": ("test_two", "x / 2"), "same": (small.BOTH, "2 * x")}
    small.write(assignments, wrong=wrong)
    message = refusal(tmp_path / "out")
    assert "wrong/half.py fails test_hidden_negative too" in message
    assert "wrong/same.py passes test_hidden_negative, test_two" in message
    assert "square" not in message


def test_refuses_a_reference_below_full_marks_and_a_bare_handout_above_zero(tmp_path, assignments):
    needs_sandbox()
    source = small.SOURCE.replace("assert double(2) == 4", "assert double is not None")
    source = source.replace("== 2 * number", "== 3 * number")
    small.write(assignments, source=source)
    message = refusal(tmp_path / "out")
    assert "the reference gets 1 of 3 points" in message
    assert "test_hidden_negative: AssertionError" in message
    assert "the bare handout gets 1 points, without a line of the student's: test_two" in message


# --- promises ---------------------------------------------------------------------------------------------------------

BROKEN_SOURCES = {
    "a misspelt flag": ("hidden: true", "hiden: true", "unknown setting hiden"),
    "a forgotten flag": ("hidden: true\n", "", "the name says hidden and 'hidden:' says False"),
    "a flag without the name": (
        "test_hidden_negative",
        "test_negative",
        "the name says public and 'hidden:' says True",
    ),
    "a flag that is a word": ("hidden: true", "hidden: 'yes'", "'hidden:' says 'yes'"),
    "no message": ("failure_message: Two doubled is four. Reread chapter 1, 'Three lines of NumPy'.\n", "", "missing"),
    "quotes in a message": ("Two doubled", 'Two "doubled"', "between double quotes"),
    "no section": (" Reread chapter 1, 'When it breaks'.", "", "names no section to reread"),
    "no such heading": ("'When it breaks'", "'When it shines'", "chapter 1 has no heading 'When it shines'"),
    "no such chapter": ("chapter 1, 'When", "chapter 77, 'When", "chapter 77 has no heading"),
    "points": ("points: 2\nhidden", "points: 3\nhidden", "says 5 points, the questions add up to 6 (q1 4, q2 2)"),
    "no points": ("points: 1\n", "", "needs 'points:'"),
    "one name twice": ("def test_two", "def test_hidden_negative", "the name says hidden"),
    "no end": ("# # END QUESTION\n\n# %% [raw]\n# # BEGIN", "# # BEGIN", "does not end before the next begins"),
    "tests in a written question": ("# manual: true\n# points: 2", "# points: 2", "q2 has no tests"),
    "written without points": (
        "# manual: true\n# points: 2",
        "# manual: true",
        "the written question q2 needs 'points:'",
    ),
}


@pytest.mark.parametrize("case", BROKEN_SOURCES)
def test_refuses_a_broken_source(case, tmp_path, assignments):
    old, new, expected = BROKEN_SOURCES[case]
    assert old in small.SOURCE
    small.write(assignments, source=small.SOURCE.replace(old, new))
    assert expected in refusal(tmp_path / "out", check=False)


def test_refuses_two_tests_of_one_name(tmp_path, assignments):
    twice = small.SOURCE.replace("hidden: true\n", "").replace("def test_hidden_negative", "def test_two")
    small.write(assignments, source=twice)
    assert "two tests are named test_two" in refusal(tmp_path / "out", check=False)


def test_refuses_rubrics_with_gaps(tmp_path, assignments):
    for rubric, expected in [
        ("", "no section '## q2 (2 points)'"),
        (small.RUBRIC.replace("## q2 (2", "## q2 (3"), "must begin with '## q2 (2 points)'"),
        (small.RUBRIC.replace("### half (1 point)", ""), "q2 lacks a sample answer '### half'"),
        (small.RUBRIC.replace("> I do not know.\n", ""), "q2 lacks a sample answer '### little'"),
    ]:
        small.write(assignments, rubric=rubric)
        assert expected in refusal(tmp_path / "out", check=False)


def test_refuses_too_few_and_idle_wrong_solutions(tmp_path, assignments):
    wrong = {"magnitude": small.WRONG["magnitude"], "elsewhere": ("test_one, test_two", "x")}
    folder = small.write(assignments, wrong=wrong)
    (folder / "wrong/lost.py").write_text(small.wrong_solution("test_two", "x", question="q7"))
    message = refusal(tmp_path / "out", check=False)
    assert "q1 has 2 wrong solutions in wrong/, and needs 5" in message
    assert "wrong/elsewhere.py declares test_one, which q1 lacks" in message
    assert "wrong/lost.py is about q7, which does not exist" in message


def test_refuses_a_test_that_no_wrong_solution_fails(tmp_path, assignments):
    wrong = {kind: ("test_hidden_negative", expression) for kind, (_, expression) in small.WRONG.items()}
    small.write(assignments, wrong=wrong)
    assert "test_two: no wrong solution fails it" in refusal(tmp_path / "out", check=False)


def test_wrong_solutions_need_their_declarations(tmp_path):
    file = tmp_path / "kind.py"
    for text, expected in [
        ("def f(x):\n    return x\n", "begin with a docstring"),
        ('"""Why."""\n# fails: test_two\n', "# question: …"),
        ('"""Why."""\n# question: q1\n', "# fails: …"),
        ('"""Why."""\ndef f(:\n', "not valid Python"),
    ]:
        file.write_text(text)
        with pytest.raises(SourceError, match=expected):
            read_wrong(file)


def test_one_bad_assignment_does_not_stop_the_others(tmp_path, assignments, capsys):
    small.write(assignments)
    other = assignments / "hw90-broken"
    other.mkdir()
    (other / "hw90.py").write_text(small.SOURCE)
    with pytest.raises(BuildError, match=r"hw90: .*assignment\.toml is missing"):
        build(output=tmp_path / "out", check=False)
    assert (tmp_path / "out/student/hw91/hw91.ipynb").is_file()
    assert capsys.readouterr().out.splitlines()[0].startswith("[1/2] hw90 failed")


def test_otters_refusal_is_told(tmp_path, assignments):
    small.write(assignments, source=small.SOURCE.replace("#   files: true", "#   files: true\n# no_such_key: 1"))
    assert "Otter Assign refused the source" in refusal(tmp_path / "out", check=False)


def test_unknown_names(assignments):
    small.write(assignments)
    with pytest.raises(BuildError, match="no assignment 'hw92'; there are hw91"):
        find_assignments(["hw92"])
    assert find_assignments(["hw91"]) == find_assignments(["hw91-small"]) == find_assignments()


# --- leaks ------------------------------------------------------------------------------------------------------------

LEAKS = {
    "a hidden test's name": ("notes.txt", "see test_hidden_negative"),
    "a line of a hidden test": (
        "tests/q1.py",
        "for number in generator('hw91.q1.negative').integers(-99, -9, size=5): 0",
    ),
    "a message": ("notes.txt", "Negative   numbers\nfail. Reread chapter 1, 'When it breaks'."),
    "a line of the solution": ("notes.txt", "then secretly_the_answer = x + x # the insight"),
    "a solution without its comment": ("tests/q1.py", "secretly_the_answer = x + x"),
    "a written solution": (
        "hw91.json",
        json.dumps({"a": [{"b": "Because an addition is the\ncheapest way there is."}]}),
    ),
    "a marker": ("hw91.ipynb", json.dumps({"cells": [{"source": ["x = 1\n", "# END SOLUTION"]}]})),
    "Otter's tag": ("hw91.ipynb", json.dumps({"metadata": {"tags": ["otter_assign_solution_cell"]}})),
    "the seed": ("otter_config.json", '{"seed": "the tests\' own seed"}'),
    "a file name": ("test_hidden_negative.txt", "nothing"),
    "a split string": ("hw91.ipynb", json.dumps({"source": ["secretly_the_", "answer = x + x"]})),
    "other quotes": ("a.txt", "for number in generator('hw91.q1.negative').integers(-99, -9, size=5):"),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return read_source(small.write(tmp_path_factory.mktemp("source")) / "hw91.py")


@pytest.mark.parametrize("kind", LEAKS)
@pytest.mark.parametrize("zipped", [False, True], ids=["file", "zip"])
def test_finds(kind, zipped, source, tmp_path):
    name, text = LEAKS[kind]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    if zipped:
        with zipfile.ZipFile(tmp_path / "student.zip", "w") as archive:
            archive.write(path, name)
        path.unlink()
    assert find_leaks(tmp_path, source, also=["the tests' own seed"])


def test_finds_a_zip_in_a_zip(source, tmp_path):
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("a.txt", "secretly_the_answer = x + x")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "inner.bin")
    (tmp_path / "inner.zip").unlink()
    assert "outer.zip/inner.bin/a.txt contains a line of the solution" in find_leaks(tmp_path, source)[0]


def test_what_is_shown_openly_is_no_secret(source, tmp_path):
    (tmp_path / "a.py").write_text('def double(x):\n    """Twice x."""\n    ...\n\nassert double(2) == 4\n')
    assert find_leaks(tmp_path, source) == []


def test_every_marker_is_found(source, tmp_path):
    (tmp_path / "a.txt").write_text("\n".join(MARKERS))
    assert len(find_leaks(tmp_path, source)) >= len(MARKERS)


def test_the_real_student_side_is_clean_and_the_instructors_is_not(built, source):
    assert find_leaks(built / "student", source) == []
    assert len(find_leaks(built / "instructor", source)) > 10


def test_a_published_hidden_test_stops_the_build(tmp_path, assignments, monkeypatch):
    """As when Otter ignores the flag: the test's file, the zip, and Otter's own account all betray it."""
    monkeypatch.setattr(builder, "_otter_disagreements", lambda *_: [])
    original = builder.as_notebook

    def without_flag(*arguments):
        notebook = original(*arguments)
        for cell in notebook.cells:
            cell.source = cell.source.replace("hidden: true", "hiden: true")
        return notebook

    monkeypatch.setattr(builder, "as_notebook", without_flag)
    small.write(assignments)
    message = refusal(tmp_path / "out", check=False)
    assert "hw91/tests/q1.py contains the name of a hidden test of q1: test_hidden_negative" in message
    assert "hw91.zip/hw91/tests/q1.py contains a failure message of test_hidden_negative" in message


def test_otters_tests_are_compared_by_name(tmp_path, source):
    for side, tests in (("instructor", ["test_two"]), ("student", ["test_two", "test_hidden_negative"])):
        folder = tmp_path / side / "hw91/tests"
        folder.mkdir(parents=True)
        (folder / "q1.py").write_text("".join(f"def {name}(): pass\n" for name in tests))
    with_tests = replace(source, questions=source.questions[:1])
    problems = builder._otter_disagreements(tmp_path / "instructor/hw91", tmp_path / "student/hw91", with_tests)
    assert problems == [
        "Otter's instructor tests of q1 differ in test_hidden_negative",
        "Otter's student tests of q1 differ in test_hidden_negative",
    ]


# --- the overlay ------------------------------------------------------------------------------------------------------


def test_overlay_replaces_files_and_adds_questions(tmp_path, assignments, capsys):
    needs_sandbox()
    small.write(assignments)
    private = tmp_path / "private/hw91-small"
    (private / "questions").mkdir(parents=True)
    (private / "wrong").mkdir()
    (private / "questions/seven.py").write_text(small.ADDED_QUESTION)
    (private / "assignment.toml").write_text(small.SETTINGS.replace("points = 5", "points = 7"))
    eight = '"""Counts from one."""\n\n# question: q3\n# fails: test_seven\n\n\ndef seven():\n    return 8\n'
    (private / "wrong/eight.py").write_text(eight)
    assert "test_hidden_whole: no wrong solution fails it" in refusal(tmp_path / "out", overlay=tmp_path / "private")

    (private / "wrong/eight.py").write_text(
        eight.replace("test_seven", "test_seven, test_hidden_whole").replace("8", "'7'")
    )
    (assignment,) = build(output=tmp_path / "out", overlay=tmp_path / "private")
    assert [question.name for question in assignment.questions] == ["q1", "q2", "q3"]
    assert assignment.points == 7
    assert "6 wrong solutions caught" in capsys.readouterr().out
    student = (tmp_path / "out/student/hw91/hw91.ipynb").read_text()
    assert "def seven():" in student
    assert "test_hidden_whole" not in student
    assert not (assignments / "hw91-small/questions").exists()


def test_overlay_replaces_a_question(tmp_path, assignments):
    needs_sandbox()
    small.write(assignments)
    private = tmp_path / "private/hw91-small"
    (private / "questions").mkdir(parents=True)
    (private / "wrong").mkdir()
    question = small.ADDED_QUESTION.replace("name: q3", "name: q1").replace("points: 1\nhidden", "points: 2\nhidden")
    (private / "questions/seven.py").write_text(question)
    wrong = (
        '"""A word."""\n\n# question: q1\n# fails: test_seven, test_hidden_whole\n\n\ndef seven():\n    return "7"\n'
    )
    (private / "wrong/word.py").write_text(wrong)
    (assignment,) = build(output=tmp_path / "out", overlay=tmp_path / "private")
    assert [test.name for test in assignment.questions[0].tests] == ["test_seven", "test_hidden_whole"]
    cells = nbformat.read(tmp_path / "out/student/hw91/hw91.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert not any("def double" in text for text in code)
    positions = [index for index, cell in enumerate(cells) if "def seven" in cell.source or cell.id == "q2-answer"]
    assert positions == sorted(positions)
    assert "def seven" in cells[positions[0]].source


def test_overlay_may_hold_an_assignment_of_its_own(tmp_path, assignments):
    small.write(tmp_path / "private")
    (assignment,) = build(["hw91"], output=tmp_path / "out", overlay=tmp_path / "private", check=False)
    assert assignment.name == "hw91"
    with pytest.raises(BuildError, match="is not a folder"):
        build(overlay=tmp_path / "nowhere", output=tmp_path / "out")


def test_overlay_replaces_rubric_sections(tmp_path, assignments):
    small.write(assignments)
    private = tmp_path / "private/hw91-small/questions"
    private.mkdir(parents=True)
    (private / "why.md").write_text(small.RUBRIC.split("\n\n", 1)[1].replace("It is cheap.", "It is private."))
    build(output=tmp_path / "out", overlay=tmp_path / "private", check=False)
    rubric = (tmp_path / "out/instructor/hw91/rubric.md").read_text()
    assert "It is private." in rubric
    assert "It is cheap." not in rubric
    assert rubric.startswith("# How to mark")


def test_default_folders_are_the_repository_s():
    assert Path(__file__).resolve().parents[2] / "assignments" == builder.ASSIGNMENTS
