"""The assignments of the course: their sources keep the rules, whatever the secret seed, and their handouts run.

The build itself grades the references, the handouts and the wrong solutions in the sandbox (`make coursework`). Here
the same tests run in this process, for several seeds: no teacher's seed may be the unlucky one.
"""

import ast
import contextlib
import inspect
import io
import re
from functools import cache

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from coursework import build as builder
from coursework.assignment import read_settings
from coursework.build import build, find_assignments
from coursework.leaks import secrets_of
from coursework.source import read_source, read_wrong

FOLDERS = {folder.name.split("-")[0]: folder for folder, _ in find_assignments()}
LIGHT = [name for name, folder in FOLDERS.items() if not read_settings(folder / "assignment.toml").limits.preload]
SEEDS = ("one teacher", "another", "a third")


@cache
def source(name):
    return read_source(FOLDERS[name] / f"{name}.py")


@cache
def wrong_solutions(name):
    return [read_wrong(file) for file in sorted((FOLDERS[name] / "wrong").glob("*.py"))]


@pytest.mark.parametrize("name", FOLDERS)
def test_promises_that_need_no_run(name):
    settings = read_settings(FOLDERS[name] / "assignment.toml")
    sources = builder.Sources(name, FOLDERS[name], ())
    assert builder._promises_broken(settings, source(name), wrong_solutions(name), builder._rubric(sources)) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_settings_say_what_the_notebook_says(name):
    settings = read_settings(FOLDERS[name] / "assignment.toml")
    text = "\n".join(block.source for block in source(name).blocks if block.kind == "text")
    assert re.search(rf"^# .* · {re.escape(settings.title)}$", text, re.MULTILINE)
    time = f"{settings.minutes} minutes" if settings.minutes < 300 else f"about {settings.minutes // 60} hours"
    assert f"**Time:** {time}" in text
    assert f"**Points:** {settings.points:g}" in text
    for chapter in settings.chapters:
        assert re.search(rf"\bchapters?\b[^.]*\b{chapter}\b", text), f"chapter {chapter} is never named"


@pytest.mark.parametrize("name", FOLDERS)
def test_as_many_questions_and_wrong_solutions_as_promised(name):
    questions = source(name).questions
    written = [question for question in questions if question.manual]
    assert 3 <= len(questions) - len(written) <= 7
    assert 1 <= len(written) <= 2
    assert all(source(name).wrong_needed[question.name] >= 3 for question in questions if not question.manual)
    mistakes = [(solution.question, solution.mistake) for solution in wrong_solutions(name)]
    assert len(set(mistakes)) == len(mistakes)


@pytest.mark.parametrize("name", FOLDERS)
def test_hidden_tests_draw_from_the_secret(name):
    """A hidden test with fixed numbers would be as public as this repository."""
    drawn = [body for test, body in source(name).bodies.items() if test.startswith("test_hidden_")]
    for body in drawn:
        assert re.search(r"^\s*from coursework\.(secret import generator|garments import)", body, re.MULTILINE)
    labels = re.findall(r"generator\(['\"]([^'\"]+)['\"]\)", "\n".join(drawn))
    assert all(label.startswith(f"{name}.q") for label in labels)


@pytest.mark.parametrize("name", FOLDERS)
def test_students_may_import_what_the_notebook_imports(name):
    allowed = set(read_settings(FOLDERS[name] / "assignment.toml").limits.packages)
    required = (builder.ROOT / "requirements.txt").read_text().lower()
    for package in allowed - {"softmax_lib"}:
        assert re.search(rf"^({package}|{package.replace('sklearn', 'scikit-learn')})\b|^tensorflow\b", required, re.M)
    for code in source(name).code():
        tree = ast.parse(code)
        tree.body = [node for node in tree.body if not isinstance(node, ast.Try)]  # where it may be missing
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {node.module.split(".")[0]}
            else:
                continue
            assert all(n in allowed or n in builder.sys.stdlib_module_names for n in names), names


@pytest.mark.parametrize("name", FOLDERS)
def test_prose_gives_no_solution_away(name):
    """Nearly all lines of the solutions are secrets: what the prose shows as well, `find_leaks` would pass over."""
    blocks = [block for block in source(name).blocks if block.kind == "solution" and not block.markdown]
    wanted = {what for what, _ in secrets_of(source(name))}
    for question in {block.question for block in blocks}:
        assert f"a line of the solution of {question}" in wanted


def namespace(cells, names=None):
    """The names that cells define, on top of those that are there."""
    names = {} if names is None else dict(names)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        for cell in cells:
            exec(cell, names)
    return names


def failures(name, question, names):
    """The tests of a question that fail for the functions in a namespace."""
    failed = set()
    for block in source(name).blocks:
        if block.kind == "test" and block.question == question:
            test = {}
            exec(block.source, test)
            (function,) = (value for key, value in test.items() if key.startswith("test_"))
            arguments = {key: np if key == "np" else names.get(key) for key in inspect.signature(function).parameters}
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    function(**arguments)
            except Exception:
                failed.add(function.__name__)
    return failed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.filterwarnings("ignore")
def test_every_seed_tells_right_from_wrong(name, seed, monkeypatch):
    monkeypatch.setenv("COURSEWORK_SEED", seed)
    reference = namespace(source(name).code())
    for question in source(name).questions:
        assert failures(name, question.name, reference) == set()
    for solution in wrong_solutions(name):
        found = failures(name, solution.question, namespace([solution.code], reference))
        assert found == solution.fails, solution.kind


@pytest.mark.parametrize("name", LIGHT)
def test_handout_runs_from_top_to_bottom_in_silence(name, tmp_path):
    """As a student opens it: no error, no warning, a verdict below each question, and at the end a zip file."""
    build([name], output=tmp_path, check=False)
    folder = tmp_path / "student" / name
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert "".join(output.text for output in outputs if output.get("name") == "stderr") == ""
    verdicts = [
        "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("grader.check(")
    ]
    assert len(verdicts) == sum(not question.manual for question in source(name).questions)
    assert all("Reread chapter" in verdict for verdict in verdicts)
    assert len(list(folder.glob(f"{name}_*.zip"))) == 1
