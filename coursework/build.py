"""Turn the sources in `assignments/` into what students get and what the grader needs.

    python -m coursework build [NAME ...] [--overlay FOLDER]

For each assignment `hwNN-topic` the builder runs Otter Assign in a temporary folder and writes

    build/coursework/student/hwNN/      hwNN.ipynb, tests/ (public ones), README.md: everything here may be published
    build/coursework/student/hwNN.zip   the same in one file
    build/coursework/instructor/hwNN/   assignment.json, tests/ (all), reference.ipynb, handout.ipynb, rubric.md,
                                        assignment.toml

and it fails, writing nothing, if a secret is anywhere in the student's files, if the reference does not get full
marks, the handout any, or a wrong solution other tests than it declares, and if points, headings or rubrics are not as
promised. An assignment whose sources and tools did not change is not built again.

**A private variant.** `--overlay private/` names a folder of the same layout, kept out of the repository. In
`private/hwNN-topic/`:

- a file replaces the file of the same path (`assignment.toml`, `rubric.md`, `wrong/<kind>.py`, `hwNN.py` itself);
- `questions/<any>.py`, in the same percent format, holds whole questions, from `# BEGIN QUESTION` to
  `# END QUESTION`. A question with the name of an existing one replaces it, and the wrong solutions that came with the
  old one are left out; another name adds the question after the last one;
- `questions/<any>.md` holds rubric sections, which replace those of the same question or are added.

An autograded question needs five wrong solutions in `wrong/`, of which at least one fails each test. Where fewer make
sense, say so in the question's raw cell, below its name: `# # wrong solutions: 3 (there is no axis to confuse)`.

Points that change need an `assignment.toml` in the overlay. A folder that exists in the overlay only is an assignment
of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from math import isclose
from pathlib import Path

import nbformat

from coursework.assignment import (
    Assignment,
    Question,
    Settings,
    SettingsError,
    load_assignment,
    read_settings,
    save_assignment,
)
from coursework.grade import grade_notebook
from coursework.leaks import find_leaks
from coursework.results import SubmissionResult
from coursework.sandbox import Pool, SandboxError, check_sandbox
from coursework.secret import ensure_seed
from coursework.source import (
    NOTEBOOK_METADATA,
    Source,
    SourceError,
    WrongSolution,
    as_notebook,
    question_names,
    read_source,
    read_wrong,
)

__all__ = ["BuildError", "build", "find_assignments"]

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENTS = ROOT / "assignments"
CHAPTERS = ROOT / "chapters"
TOOLS = (
    *("assignment", "build", "confine", "garments", "grade", "leaks", "protocol"),
    *("results", "sandbox", "secret", "source", "student", "worker"),
)
PACKAGES = ("otter-grader", "jupytext", "nbformat", "numpy", "scipy", "scikit-learn", "keras", "tensorflow", "mpmath")
RECORD = "build.json"
PATIENCE = 6
"""How much longer than a student's code the course's own may take: what is slow on a busy machine is not wrong."""
REREAD = re.compile(r"chapter (\d+), '(.+?)'(?!\w)")


class BuildError(RuntimeError):
    """An assignment does not keep its promises; the message lists what was found."""


@dataclass(frozen=True)
class Sources:
    """The files of one assignment, the overlay's laid over those of the repository, in a folder of their own."""

    name: str
    folder: Path
    questions: tuple[Path, ...]

    @property
    def source(self) -> Path:
        return self.folder / f"{self.name}.py"


def build(
    names: Sequence[str] | None = None,
    *,
    overlay: Path | None = None,
    output: Path = Path("build/coursework"),
    check: bool = True,
) -> list[Assignment]:
    """Build assignments, and tell the progress on standard output.

    Parameters
    ----------
    names : the assignments to build, as "hw01" or "hw01-softmax"; all of them by default
    overlay : a private folder of the same layout as `assignments/` (see the module's text)
    output : where `student/` and `instructor/` are written
    check : whether to grade the reference, the handout and the wrong solutions

    Raises
    ------
    BuildError
        After all assignments were tried, with everything that is wrong. What is wrong was not written.
    """
    folders = find_assignments(names, overlay)
    ensure_seed()
    output = Path(output)
    built, problems = [], []
    for number, (base, private) in enumerate(folders, start=1):
        name = _name((base or private).name)
        start = time.perf_counter()
        print(f"[{number}/{len(folders)}] {name} ", end="", flush=True)
        try:
            assignment, story = _build_one(name, base, private, output, check=check)
        except (BuildError, SettingsError, SourceError) as error:
            print("failed", flush=True)
            problems.append(f"{name}: {error}")
            continue
        print(f"{story} ({time.perf_counter() - start:.1f} s)", flush=True)
        built.append(assignment)
    if problems:
        raise BuildError("\n".join(problems))
    return built


def find_assignments(
    names: Sequence[str] | None = None, overlay: Path | None = None
) -> list[tuple[Path | None, Path | None]]:
    """The folders to build, as pairs (in the repository, in the overlay), sorted by name; one of the two may be None.

    Raises
    ------
    BuildError
        When a name fits no folder, or the overlay is missing.
    """
    if overlay is not None and not Path(overlay).is_dir():
        raise BuildError(f"the overlay {overlay} is not a folder")
    roots = [ASSIGNMENTS] if overlay is None else [ASSIGNMENTS, Path(overlay).resolve()]
    found: dict[str, list[Path | None]] = {}
    for index, root in enumerate(roots):
        for folder in sorted(path for path in root.glob("*-*") if path.is_dir()):
            found.setdefault(folder.name, [None, None])[index] = folder
    if names:
        wanted = {}
        for name in names:
            fits = [folder for folder in found if name in (folder, _name(folder))]
            if not fits:
                raise BuildError(f"no assignment {name!r}; there are {', '.join(map(_name, sorted(found)))}")
            wanted |= {folder: found[folder] for folder in fits}
        found = wanted
    return [(found[folder][0], found[folder][1]) for folder in sorted(found)]


def _name(folder: str) -> str:
    return folder.split("-", 1)[0]


# --- one assignment ---------------------------------------------------------------------------------------------------


def _build_one(
    name: str, base: Path | None, private: Path | None, output: Path, *, check: bool
) -> tuple[Assignment, str]:
    with tempfile.TemporaryDirectory(prefix=f"coursework-{name}-") as scratch:
        sources = _lay_over(name, base, private, Path(scratch) / "sources")
        settings = read_settings(sources.folder / "assignment.toml")
        source = read_source(sources.source, sources.questions)
        assignment = Assignment(
            name,
            settings.title,
            settings.minutes,
            settings.chapters,
            settings.points,
            settings.objectives,
            settings.limits,
            source.questions,
            (output / "instructor" / name).resolve(),
        )
        digest = _digest(sources)
        if _is_current(output, name, digest, check=check):
            return assignment, "unchanged"
        wrong = _wrong_solutions(sources)
        rubric = _rubric(sources)
        _raise_if(_promises_broken(assignment, source, wrong, rubric))

        made = Path(scratch) / "made"
        _run_otter(sources, made)
        student, instructor = Path(scratch) / "student" / name, Path(scratch) / "instructor" / name
        _write_student(made / "student", student, assignment)
        _write_instructor(made / "autograder", student, instructor, sources, assignment, rubric)
        _raise_if(_otter_disagreements(instructor, student, source))
        _zip(student)
        _raise_if(find_leaks(student.parent, source, also=[ensure_seed()]))
        story = f"{len(source.questions)} questions, {assignment.points:g} points, {len(list(assignment.tests))} tests"
        if check:
            _raise_if(_grades_wrong(instructor, student, assignment, source, wrong, Path(scratch)))
            story += f", {len(wrong)} wrong solutions caught"
        record = {"digest": digest, "checked": check}
        (instructor / RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")
        _publish(student.parent, output / "student", name)
        _publish(instructor.parent, output / "instructor", name)
    return assignment, story


def _lay_over(name: str, base: Path | None, private: Path | None, target: Path) -> Sources:
    for folder in (base, private):
        if folder is not None:
            skip = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(folder, target, dirs_exist_ok=True, ignore=skip)
    if base is not None and private is not None:
        replaced = {name for file in (private / "questions").glob("*.py") for name in question_names(file)}
        for file in sorted((target / "wrong").glob("*.py")):
            if read_wrong(file).question in replaced and not (private / "wrong" / file.name).exists():
                file.unlink()
    sources = Sources(name, target, tuple(sorted((target / "questions").glob("*.py"))))
    for file in (sources.source, target / "assignment.toml"):
        if not file.is_file():
            raise BuildError(f"{file.name} is missing")
    return sources


def _raise_if(problems: Iterable[str]) -> None:
    if problems := list(problems):
        raise BuildError("".join(f"\n  - {problem}" for problem in problems))


# --- is it new? -------------------------------------------------------------------------------------------------------


def _digest(sources: Sources) -> str:
    """A name for everything that the result depends on: sources, tools, chapters' headings, packages, the secret."""
    digest = hashlib.sha256(f"{sys.version}\n{ensure_seed()}\n".encode())
    files = [(path.relative_to(sources.folder).as_posix(), path) for path in sorted(sources.folder.rglob("*"))]
    files += [(path.name, path) for path in (ROOT / "coursework" / f"{tool}.py" for tool in TOOLS)]
    files += [(path.relative_to(ROOT).as_posix(), path) for path in sorted((ROOT / "softmax_lib").glob("*.py"))]
    files.append(("requirements.txt", ROOT / "requirements.txt"))
    for label, path in files:
        if path.is_file():
            digest.update(f"\n{label}\n".encode() + path.read_bytes())
    for package in PACKAGES:
        if importlib.util.find_spec(_MODULES.get(package, package)):
            digest.update(f"{package} {version(package)}\n".encode())
    digest.update(json.dumps({chapter: sorted(_headings(chapter)) for chapter in range(1, 11)}).encode())
    return digest.hexdigest()


_MODULES = {"otter-grader": "otter", "scikit-learn": "sklearn"}


def _is_current(output: Path, name: str, digest: str, *, check: bool) -> bool:
    folder = output / "instructor" / name
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = [
        output / "student" / f"{name}.zip",
        output / "student" / name / f"{name}.ipynb",
        folder / "assignment.json",
    ]
    return record.get("digest") == digest and record.get("checked", False) >= check and all(map(Path.is_file, there))


# --- promises that need no run ----------------------------------------------------------------------------------------


def _promises_broken(
    assignment: Assignment | Settings, source: Source, wrong: list[WrongSolution], rubric: dict[str, str]
) -> list[str]:
    problems = []
    if not isclose(source.points, assignment.points, abs_tol=1e-9):
        each = ", ".join(f"{question.name} {question.points:g}" for question in source.questions)
        problems.append(
            f"assignment.toml says {assignment.points:g} points, the questions add up to {source.points:g} ({each})"
        )
    for chapter in assignment.chapters:
        if not _headings(chapter):
            problems.append(f"assignment.toml names chapter {chapter}, which does not exist")
    for question in source.questions:
        for test in question.tests:
            problems += [f"{test.name}: {problem}" for problem in _unknown_headings(test.failure_message)]
        if question.manual:
            problems += _rubric_problems(question.name, question.points, rubric.get(question.name))
    return problems + _wrong_problems(source, wrong)


def _headings(chapter: int) -> set[str]:
    files = list(CHAPTERS.glob(f"{chapter:02d}-*.ipynb"))
    headings: set[str] = set()
    for file in files:
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                headings.update(re.findall(r"^#+ (.+?)\s*$", "".join(cell["source"]), re.MULTILINE))
    return headings


def _unknown_headings(message: str) -> list[str]:
    references = REREAD.findall(message)
    if not references:
        return ["its failure message names no section to reread, as in: Reread chapter 1, 'When it breaks'."]
    return [
        f"chapter {chapter} has no heading '{heading}'"
        for chapter, heading in references
        if heading not in _headings(int(chapter))
    ]


def _rubric(sources: Sources) -> dict[str, str]:
    """The rubric's sections by question, those of the overlay's questions in place."""
    sections: dict[str, str] = {}
    for file in (sources.folder / "rubric.md", *sorted((sources.folder / "questions").glob("*.md"))):
        if file.is_file():
            parts = re.split(r"(?m)^(?=## )", file.read_text(encoding="utf-8"))
            if file.name == "rubric.md":
                sections[""] = parts[0].rstrip() + "\n"
            for part in parts[1:]:
                sections[part[3:].split()[0]] = part.rstrip() + "\n"
    return sections


def _rubric_problems(name: str, points: float, section: str | None) -> list[str]:
    if section is None:
        return [f"rubric.md has no section '## {name} ({points:g} points)'"]
    problems = []
    if not re.match(rf"## {re.escape(name)} \({points:g} points?\)\s*\n", section):
        problems.append(f"rubric.md: the section of {name} must begin with '## {name} ({points:g} points)'")
    for level in ("full", "half", "little"):
        if not re.search(rf"(?m)^### {level}\b.*\n\s*\S", section):
            problems.append(f"rubric.md: {name} lacks a sample answer '### {level}'")
    return problems


def _wrong_solutions(sources: Sources) -> list[WrongSolution]:
    return [read_wrong(file) for file in sorted((sources.folder / "wrong").glob("*.py"))]


def _wrong_problems(source: Source, wrong: list[WrongSolution]) -> list[str]:
    problems, tests = [], {question.name: {test.name for test in question.tests} for question in source.questions}
    for solution in wrong:
        if solution.question not in tests:
            problems.append(f"wrong/{solution.kind}.py is about {solution.question}, which does not exist")
        elif unknown := solution.fails - tests[solution.question]:
            problems.append(
                f"wrong/{solution.kind}.py declares {', '.join(sorted(unknown))}, which {solution.question} lacks"
            )
    for name, needed in source.wrong_needed.items():
        there = sum(solution.question == name for solution in wrong)
        if there < needed:
            problems.append(f"{name} has {there} wrong solutions in wrong/, and needs {needed}")
        for test in sorted(tests[name]):
            if not any(test in solution.fails for solution in wrong):
                problems.append(f"{test}: no wrong solution fails it, so nothing shows that it tests anything")
    return problems


# --- Otter, and what is made of its output ----------------------------------------------------------------------------


def _run_otter(sources: Sources, made: Path) -> None:
    """Run Otter Assign and trust its exit code; its output is shown when it fails."""
    master = sources.folder / f"{sources.name}.ipynb"
    nbformat.write(as_notebook(sources.source, sources.questions), master)
    command = [sys.executable, "-m", "otter", "assign", "--no-run-tests", "--no-pdfs", str(master), str(made)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=sources.folder, check=False)
    if run.returncode:
        last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-12:]
        raise BuildError("Otter Assign refused the source:\n    " + "\n    ".join(last))


def _write_student(made: Path, student: Path, assignment: Assignment) -> None:
    (student / "tests").mkdir(parents=True)
    for file in sorted((made / "tests").glob("*.py")):
        (student / "tests" / file.name).write_text(_tidy(file.read_text(encoding="utf-8")), encoding="utf-8")
    _clean_notebook(made / f"{assignment.name}.ipynb", student / f"{assignment.name}.ipynb", assignment)
    imports_library = "from softmax_lib" in (student / f"{assignment.name}.ipynb").read_text(encoding="utf-8")
    (student / "README.md").write_text(_readme(assignment, imports_library), encoding="utf-8")


def _write_instructor(
    made: Path, student: Path, instructor: Path, sources: Sources, assignment: Assignment, rubric: dict[str, str]
) -> None:
    (instructor / "tests").mkdir(parents=True)
    for file in sorted((made / "tests").glob("*.py")):
        (instructor / "tests" / file.name).write_text(_tidy(file.read_text(encoding="utf-8")), encoding="utf-8")
    _clean_notebook(made / f"{assignment.name}.ipynb", instructor / "reference.ipynb", assignment)
    shutil.copy(student / f"{assignment.name}.ipynb", instructor / "handout.ipynb")
    shutil.copy(sources.folder / "assignment.toml", instructor)
    if rubric:
        (instructor / "rubric.md").write_text("\n".join(rubric.values()), encoding="utf-8")
    save_assignment(assignment, instructor)


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


def _clean_notebook(made: Path, target: Path, assignment: Assignment) -> None:
    """Write a notebook with new metadata and stable cell ids: nothing of the source's or Otter's own remains.

    Cells that belong to Otter stay locked; given code does not, so that students can play with it. The answer of a
    written question gets the id "qN-answer", by which the grader finds it.
    """
    notebook = nbformat.read(made, as_version=4)
    written = [question.name for question in assignment.questions if question.manual]
    current = ""
    for number, cell in enumerate(notebook.cells, start=1):
        tags = set(cell.metadata.get("tags", ()))
        otter = cell.cell_type == "code" and re.match(r"# Initialize Otter|(# .*\n)?grader\.", cell.source)
        locked = not cell.metadata.get("editable", True) and (cell.cell_type == "markdown" or otter)
        current = "" if "<!-- END QUESTION -->" in cell.source else current
        if "<!-- BEGIN QUESTION -->" in cell.source:
            current = written.pop(0)
        answers = (
            current and cell.cell_type == "markdown" and tags & {"otter_answer_cell", "otter_assign_solution_cell"}
        )
        cell.id = f"{current}-answer" if answers else f"cell-{number}"
        cell.metadata = nbformat.from_dict({"deletable": False, "editable": False} if locked else {})
        if answers:
            cell.metadata["deletable"] = False
            current = ""
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA | {"otter": {"assignment_name": assignment.name}})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    nbformat.write(notebook, target)


def _otter_disagreements(instructor: Path, student: Path, source: Source) -> list[str]:
    """Where the tests that Otter wrote are not those of the source, by name."""
    problems = []
    for question in source.questions:
        for folder, hidden_too in ((instructor, True), (student, False)):
            expected = {test.name for test in question.tests if hidden_too or not test.hidden}
            file = folder / "tests" / f"{question.name}.py"
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
            found = set(re.findall(r"^def (\w+)", text, re.MULTILINE))
            if found != expected:
                difference = ", ".join(sorted(found ^ expected))
                problems.append(f"Otter's {folder.parent.name} tests of {question.name} differ in {difference}")
    return problems


def _zip(student: Path) -> None:
    """One zip file beside the student's folder, the same bytes for the same content."""
    with zipfile.ZipFile(student.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(student.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(student.parent).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())


def _publish(made: Path, target: Path, name: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target / name, ignore_errors=True)
    shutil.copytree(made / name, target / name)
    if (made / f"{name}.zip").is_file():
        shutil.copy(made / f"{name}.zip", target)


# --- grades -----------------------------------------------------------------------------------------------------------


def _grades_wrong(
    instructor: Path, student: Path, assignment: Assignment, source: Source, wrong: list[WrongSolution], scratch: Path
) -> list[str]:
    """Grade the reference, the handout and every wrong solution, and compare with what was promised."""
    built = load_assignment(instructor)
    possible = sum(test.points for test in built.tests)
    patient = replace(
        built.limits,
        call_seconds=PATIENCE * built.limits.call_seconds,
        notebook_seconds=PATIENCE * built.limits.notebook_seconds,
    )
    with Pool(patient, trusted=not _has_sandbox()) as pool:
        reference = grade_notebook(instructor / "reference.ipynb", built, pool=pool)
        bare = grade_notebook(student / f"{assignment.name}.ipynb", built, pool=pool)
        right = reference.points == possible
        notebooks = [_wrong_notebook(solution, source, scratch) for solution in wrong] if right else []
        # A mistake spreads to later questions that call the function; what is promised is about its own question.
        alone = {question.name: _alone(question, built, scratch) for question in built.questions}
        results = [
            grade_notebook(notebook, alone[solution.question], pool=pool)
            for solution, notebook in zip(wrong, notebooks, strict=False)
        ]
    problems = []
    if not right:
        problems.append(f"the reference gets {reference.points:g} of {possible:g} points{_reasons(reference)}")
    if bare.points:
        passed = ", ".join(test.name for test in bare.tests if test.passed)
        problems.append(f"the bare handout gets {bare.points:g} points, without a line of the student's: {passed}")
    for solution, result in zip(wrong, results, strict=False):
        failed = {test.name for test in result.tests if not test.passed}
        if failed == solution.fails:
            continue
        what = []
        if unnoticed := sorted(solution.fails - failed):
            what.append(f"passes {', '.join(unnoticed)}")
        if unexpected := sorted(failed - solution.fails):
            what.append(f"fails {', '.join(unexpected)} too")
        problems.append(f"wrong/{solution.kind}.py {' and '.join(what)}, other than it declares{_reasons(result)}")
    return problems


def _alone(question: Question, built: Assignment, scratch: Path) -> Assignment:
    """The assignment with one question only, in a folder of its own."""
    folder = scratch / "alone" / question.name
    (folder / "tests").mkdir(parents=True)
    if not question.manual:
        shutil.copy(built.folder / "tests" / f"{question.name}.py", folder / "tests")
    save_assignment(replace(built, questions=(question,), points=question.points), folder)
    return load_assignment(folder)


@cache
def _has_sandbox() -> bool:
    """Whether there is a sandbox; where there is none, say so, and trust the author's own notebooks."""
    try:
        check_sandbox()
    except SandboxError as error:
        print(f"\n{error}\n\nThe notebooks that are graded now are the course's own: they run without it.")
        return False
    return True


def _wrong_notebook(solution: WrongSolution, source: Source, scratch: Path) -> Path:
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in source.code(solution.question, solution.code)]
    path = scratch / "wrong" / f"{solution.kind}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)
    return path


def _reasons(result: SubmissionResult) -> str:
    reasons = [*result.notes, *(f"{test.name}: {test.reason}" for test in result.tests if not test.passed)]
    return "".join(f"\n      {reason}" for reason in reasons)


# --- the student's README ---------------------------------------------------------------------------------------------


def _readme(assignment: Assignment, imports_library: bool) -> str:
    name, title = assignment.name, assignment.title
    chapters = [f"{chapter}" for chapter in assignment.chapters]
    listed = chapters[0] if len(chapters) == 1 else f"{', '.join(chapters[:-1])} and {chapters[-1]}"
    objectives = "\n".join(f"- {objective}" for objective in assignment.objectives)
    rows = "\n".join(
        f"| {question.name} | {question.points:g} | {'written' if question.manual else 'tests'} |"
        for question in assignment.questions
    )
    return f"""# {name} · {title}

An assignment of the course *Softmax in depth*: about {assignment.minutes} minutes, {assignment.points:g} points.
You need chapter{"s" if len(chapters) > 1 else ""} {listed}. Afterwards you will be able to

{objectives}

| question | points | marked by |
|---|---|---|
{rows}

## Set up

{_set_up(assignment, imports_library)}

Then, in this folder:

    jupyter lab {name}.ipynb

## Work and check

Go through the notebook from the top. Replace the `...` in each question's cell by your code, run the cell, then run
the check below it: `grader.check("{assignment.questions[0].name}")`. A test that fails says what is probably wrong and which section
of the book to read again. Written questions have a cell to write into; a person reads the answer.

The tests in `tests/` are those that you can see. Your teacher runs more of them, on other numbers: a function that
answers only the examples will not get far. Give and take plain numbers and NumPy arrays, keep the names of the
functions, and import nothing but {_listed_packages(assignment)}.

## Submit

Choose *Restart Kernel and Run All Cells*, save, and run the last cell. It writes a zip file beside the notebook;
hand in that file, or the notebook itself if your teacher asks for it.
"""


def _listed_packages(assignment: Assignment) -> str:
    packages = [f"`{package}`" for package in assignment.limits.packages]
    return f"the standard library and {' and '.join([', '.join(packages[:-1]), packages[-1]] if packages[1:] else packages)}"


def _set_up(assignment: Assignment, imports_library: bool) -> str:
    course = """If you work with the course's repository, you are set: its `make setup`, or `pip install -r requirements.txt` in a
fresh environment, installed everything."""
    if imports_library:
        return course + "\n\nThis assignment needs the repository: its library, `softmax_lib`, holds the images."
    bounds = {}
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"[A-Za-z0-9_.-]+", line):
            bounds[found[0].lower()] = line.strip()
    wanted = ["jupyterlab", "otter-grader", *assignment.limits.packages]
    line = " ".join(f'"{bounds.get(package, package)}"' for package in wanted)
    return f"{course} Without it, Python 3.10 or newer and one line are enough:\n\n    python -m pip install {line}"


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m coursework.build`: the same as `python -m coursework build`."""
    parser = argparse.ArgumentParser(prog="python -m coursework.build", description="Build the assignments.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="assignments to build (default: all)")
    parser.add_argument("--overlay", type=Path, help="private folder laid over assignments/")
    parser.add_argument("--output", type=Path, default=Path("build/coursework"), help="default: %(default)s")
    parser.add_argument("--no-check", action="store_true", help="do not grade reference, handout and wrong solutions")
    options = parser.parse_args(arguments)
    try:
        build(options.names or None, overlay=options.overlay, output=options.output, check=not options.no_check)
    except BuildError as error:
        print(f"\nThe build failed.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
