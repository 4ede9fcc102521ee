"""Everything that is written after grading, and where it lies.

For ``-o gradebook.csv`` the folder ``gradebook/`` holds ``submissions.json`` and ``problems.csv``, and for each assignment
a folder with the notebooks, the results, the feedback pages, the files to import, the sheet of written answers, the
similarity report and the statistics. Reports are made from these files only, and so can be made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .answers import read_template
from .assignment import Assignment, SettingsError, load_assignment
from .feedback import write_feedback
from .gradebook import Entry, write_gradebook, write_problems
from .lms import Roster, full_name, match, read_roster, write_canvas, write_gradescope, write_moodle
from .pages import points
from .results import SubmissionResult
from .similarity import find_similar, write_similarity
from .statistics import test_numbers, write_statistics
from .submissions import Found, Submission
from .tables import write_text
from .written import Answered, Marks, read_key, read_marks, write_sheet

__all__ = ["Options", "Workspace", "built_assignments", "collect_entries", "load_built", "write_reports"]

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
BUILT = Path("build/coursework")
MANY = 5  # students who all fail a test before the test itself is in doubt


@dataclass(frozen=True)
class Options:
    """What the reports depend on beside the results; kept, so that `merge` and `report` need not be told again."""

    rosters: tuple[str, ...] = ()
    book: str = ""
    built: str = str(BUILT)


@dataclass(frozen=True)
class Workspace:
    """The gradebook's path, and the folder of the same name beside it."""

    gradebook: Path

    @property
    def folder(self) -> Path:
        path = self.gradebook
        return path.with_suffix("") if path.suffix else path.with_name(path.name + "-files")

    @property
    def found(self) -> Path:
        return self.folder / "submissions.json"

    def of(self, assignment: str) -> Path:
        return self.folder / assignment

    def table(self, assignment: str, assignments: Iterable[str]) -> Path:
        """The gradebook of one assignment: the path that was asked for, unless there are several assignments."""
        path = self.gradebook
        return path if set(assignments) <= {assignment} else path.with_name(f"{path.stem}-{assignment}{path.suffix}")

    def save_options(self, options: Options) -> None:
        write_text(self.folder / "options.json", json.dumps(asdict(options), indent=1) + "\n")

    def options(self) -> Options:
        path = self.folder / "options.json"
        if not path.is_file():
            return Options()
        record = json.loads(path.read_text(encoding="utf-8"))
        return Options(tuple(record["rosters"]), record["book"], record["built"])


def built_assignments(built: Path) -> list[str]:
    """The names of what `make coursework` has built.

    Raises
    ------
    SettingsError
        When there is nothing.
    """
    names = sorted(path.parent.name for path in (Path(built) / "instructor").glob("*/assignment.json"))
    if not names:
        raise SettingsError(f"{built} holds no built assignment: run make coursework first, or say where with --built")
    return names


def load_built(built: Path, name: str) -> Assignment:
    names = built_assignments(built)
    if name not in names:
        raise SettingsError(f"{name!r} is not built; {built} holds {', '.join(names)}")
    return load_assignment(Path(built) / "instructor" / name)


def collect_entries(
    workspace: Workspace, name: str, found: Found, results: dict[str, SubmissionResult]
) -> tuple[list[Entry], Marks]:
    """The submissions of an assignment with their results and with the scores that people gave."""
    written = workspace.of(name) / "written"
    marks, owners = read_marks(written), _current_codes(written)
    entries = []
    for submission in found.submissions:
        if submission.assignment == name:
            codes = owners.get(submission.key, {})
            scores = {question: marks.scores[code] for question, code in codes.items() if code in marks.scores}
            comments = {question: marks.comments[code] for question, code in codes.items() if code in marks.comments}
            result = results.get(submission.key)
            entries.append(Entry(submission, result and replace(result, written=scores), comments))
    return entries, marks


def _current_codes(written: Path) -> dict[str, dict[str, str]]:
    """Student → question → the code of the answer as it is now: the first in the key, which lists earlier ones later."""
    codes: dict[str, dict[str, str]] = {}
    for answer, _ in read_key(written):
        codes.setdefault(answer.student, {}).setdefault(answer.question, answer.code)
    return codes


def write_reports(
    workspace: Workspace,
    assignment: Assignment,
    found: Found,
    results: dict[str, SubmissionResult],
    options: Options,
) -> list[str]:
    """Write everything for one assignment; return the lines that tell the teacher what there is and where."""
    folder = workspace.of(assignment.name)
    mine = [submission for submission in found.submissions if submission.assignment == assignment.name]
    template = read_template(assignment)
    notebooks = {submission.key: Path(submission.notebook) for submission in mine}
    answered = write_sheet(folder / "written", assignment, template, notebooks, read_marks(folder / "written"))
    entries, _ = collect_entries(workspace, assignment.name, found, results)
    rosters = _read_rosters(options)
    entries = _name_by_list(entries, rosters)

    path = workspace.table(assignment.name, {submission.assignment for submission in found.submissions})
    kept = write_gradebook(path, assignment, entries, found.problems)
    write_problems(workspace.folder / "problems.csv", found.problems)
    pages = write_feedback(folder / "feedback", assignment, entries, template, book=options.book, chapters=CHAPTERS)
    for old in set((folder / "feedback").glob("*.html")) - set(pages):
        old.unlink()
    imports = _write_imports(folder / "import", assignment, entries, rosters)
    answers = {key: template.answers(notebook) for key, notebook in notebooks.items()}
    pairs = find_similar(answers, template)
    write_similarity(folder, answers, template, pairs)
    write_statistics(folder, assignment, entries)
    return _tell(assignment, entries, answered, len(pairs), path, folder, kept, imports, options)


def _read_rosters(options: Options) -> dict[str, Roster]:
    """Platform → class list."""
    rosters = [read_roster(Path(path)) for path in options.rosters]
    return {roster.kind.split("-")[0]: roster for roster in rosters}


def _name_by_list(entries: Sequence[Entry], rosters: Mapping[str, Roster]) -> list[Entry]:
    """The entries with the names of the class lists, since Canvas' downloads have only something like one."""
    names: dict[str, str] = {}
    for roster in rosters.values():
        found, _ = match(entries, roster)
        for key, row in found.items():
            names.setdefault(key, full_name(row))
    return [replace(entry, listed_as=names.get(entry.key, "")) for entry in entries]


def _write_imports(
    folder: Path, assignment: Assignment, entries: Sequence[Entry], rosters: Mapping[str, Roster]
) -> list[str]:
    """Write what the platforms import, as far as the class lists or the downloads allow."""
    kinds = {key for entry in entries for key in entry.submission.ids}
    words: list[str] = []
    if "canvas" in rosters or "canvas" in kinds:
        words += write_canvas(folder / f"canvas-{assignment.name}.csv", assignment, entries, rosters.get("canvas"))
    if "moodle" in rosters or "moodle" in kinds:
        words += write_moodle(folder / f"moodle-{assignment.name}.csv", assignment, entries, rosters.get("moodle"))
    if "gradescope" in rosters or "email" in kinds:
        words += write_gradescope(folder, assignment, entries, rosters.get("gradescope"))
    if not rosters and not kinds & {"canvas", "moodle", "email"}:
        words.append(
            "no class list: with --roster (as Canvas, Moodle or Gradescope export it) there is a file to import"
        )
    return words


def _tell(
    assignment: Assignment,
    entries: Sequence[Entry],
    answered: Sequence[Answered],
    pairs: int,
    gradebook: Path,
    folder: Path,
    kept: Path | None,
    imports: Sequence[str],
    options: Options,
) -> list[str]:
    totals = [total for entry in entries if (total := entry.total(assignment)) is not None]
    lines = [f"{assignment.name} · {assignment.title}"]
    if totals:
        mean = points(sum(totals) / len(totals))
        lines.append(f"  {len(totals)} graded, mean {mean} of {points(assignment.points)} points")
    hardest = next((test for test in test_numbers(assignment, entries) if test.failed), None)
    if hardest:
        lines.append(f"  fails most: {hardest.question} {hardest.name} ({hardest.failed} of {hardest.graded})")
    everybody = [t for t in test_numbers(assignment, entries) if t.failed == t.graded >= MANY]
    if everybody:
        names = ", ".join(f"{test.question} {test.name}" for test in everybody[:5])
        lines.append(f"  FAILED FOR EVERYBODY, so look at the reasons before you publish: {names}")
    waiting = sum(len(entry.to_mark(assignment)) for entry in entries if entry.result is not None)
    noted = sum(bool(entry.result and entry.result.notes) for entry in entries)
    if noted:
        lines.append(f"  {noted} with notes on the run (errors in cells, timeouts): column 'notes'")
    where = [("gradebook", str(gradebook))]
    if kept:
        where.append(("", f"the one before is kept as {kept.name}"))
    where.append(
        ("feedback", f"{folder / 'feedback'}/ (a page a student{'' if options.book else '; no links: give --book'})")
    )
    if (folder / "import").is_dir():
        where.append(("to import", f"{folder / 'import'}/"))
    where += [("", word) for word in imports]
    if answered:
        state = f"{waiting} answers to mark" if waiting else "all marked"
        where.append(("written", f"{folder / 'written' / 'answers.html'} and scores.csv beside it ({state})"))
    where.append(("similar", f"{folder / 'similarity.html'} ({pairs} {'pair' if pairs == 1 else 'pairs'} to look at)"))
    where.append(("statistics", f"{folder / 'statistics.html'}"))
    return lines + [f"  {name + ':' if name else '':<12} {text}" for name, text in where]


def keep_earlier(new: Found, old: Found) -> Found:
    """The submissions of both; of a student who is in both, the new one."""
    keys = {(submission.assignment, submission.key) for submission in new.submissions}
    kept = [s for s in old.submissions if (s.assignment, s.key) not in keys]
    submissions: list[Submission] = sorted([*new.submissions, *kept], key=lambda s: (s.assignment, s.key))
    return Found(tuple(submissions), (*new.problems, *(p for p in old.problems if p not in new.problems)))
