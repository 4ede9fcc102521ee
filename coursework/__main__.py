"""The command line: `python -m coursework build | grade | merge | report`."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import secret
from .answers import TemplateError
from .assignment import SettingsError
from .lms import read_roster
from .reports import (
    BUILT,
    Options,
    Workspace,
    built_assignments,
    keep_earlier,
    load_built,
    write_reports,
)
from .results import SubmissionResult
from .sandbox import SandboxError
from .submissions import Found, SubmissionsError, find_submissions, load_found, save_found
from .tables import TableError
from .written import merge_scores, read_key, read_marks, save_marks

EPILOG = """\
from clone to gradebook:
  make coursework                                            build what students get, and the tests
  python -m coursework grade submissions/ -o gradebook.csv   a folder or a zip from Canvas, Moodle, Gradescope
  python -m coursework merge scores.csv -o gradebook.csv     add the points of written questions
The appendix "Teaching with this book" explains it all.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("\nStopped. What is graded is kept: the same command goes on from here.", file=sys.stderr)
        return 130
    except (SettingsError, SubmissionsError, TableError, TemplateError, secret.SeedMissing, SandboxError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m coursework",
        description="Build the assignments, grade a class, report.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="make the students' notebooks and the tests from assignments/")
    build.add_argument("names", nargs="*", metavar="NAME", help="assignments, as hw01 (default: all)")
    build.add_argument("--overlay", type=Path, help="private folder that replaces or adds questions")
    build.add_argument("--output", type=Path, default=BUILT, help="default: %(default)s")
    build.add_argument("--no-check", action="store_true", help="do not grade the reference and the wrong solutions")
    build.set_defaults(run=_build)

    grade = commands.add_parser("grade", help="grade submissions, in parallel, going on where it stopped")
    grade.add_argument(
        "submissions", type=Path, help="folder or zip: notebooks, a folder a student, or a bulk download"
    )
    grade.add_argument(
        "--assignment", metavar="NAME", help="take every notebook for this one (default: as it says itself)"
    )
    grade.add_argument(
        "--add", action="store_true", help="keep the students of earlier runs who are not in SUBMISSIONS"
    )
    grade.add_argument("--jobs", type=int, metavar="N", help="processes (default: one a core)")
    grade.add_argument("--backend", metavar="NAME", help="joblib's backend, or dask://host:port for a cluster")
    grade.add_argument("--trusted", action="store_true", help="run the students' code without a sandbox (dangerous)")
    grade.add_argument("--built", type=Path, default=BUILT, help="what `build` wrote (default: %(default)s)")
    _add_output(grade)
    grade.set_defaults(run=_grade)

    merge = commands.add_parser("merge", help="add the points of written questions")
    merge.add_argument("scores", type=Path, nargs="+", help="the filled-in scores.csv, or several parts of it")
    _add_output(merge)
    merge.set_defaults(run=_merge)

    report = commands.add_parser("report", help="write the gradebook and all reports again, without grading")
    _add_output(report)
    report.set_defaults(run=_report)
    return parser


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("gradebook.csv"),
        metavar="FILE",
        help="gradebook (default: %(default)s)",
    )
    command.add_argument(
        "--roster",
        type=Path,
        action="append",
        metavar="FILE",
        help="class list as the platform exports it (may be repeated)",
    )
    command.add_argument("--book", metavar="URL", help="address of the published book, for links in the feedback")


def _build(options: argparse.Namespace) -> int:
    from .build import BuildError, build

    try:
        build(options.names or None, overlay=options.overlay, output=options.output, check=not options.no_check)
    except BuildError as error:
        print(f"\nThe build failed.\n{error}", file=sys.stderr)
        return 1
    print(f"For students: {options.output / 'student'}/   For you alone: {options.output / 'instructor'}/")
    return 0


def _grade(options: argparse.Namespace) -> int:
    from .grade import grade_folder

    workspace = Workspace(options.output)
    wanted = _options(options, workspace, built=options.built)
    known = built_assignments(options.built)
    secret.seed()  # without it every hidden test would fail, and seem to be the students' fault
    if options.assignment:
        load_built(options.built, options.assignment)
    for path in wanted.rosters:
        read_roster(Path(path))  # a mistake there shows now, not after the grading
    found = find_submissions(options.submissions, workspace.folder, known=known, assignment=options.assignment)
    found = _with_earlier(found, workspace, options)
    save_found(found, workspace.found)
    workspace.save_options(wanted)
    names = sorted({submission.assignment for submission in found.submissions})
    if not names:
        _tell_problems(found, workspace)
        print("Error: there is nothing to grade.", file=sys.stderr)
        return 1
    lines: list[str] = []
    with _backend(options.backend) as backend:
        for name in names:
            assignment = load_built(options.built, name)
            notebooks = {s.key: Path(s.notebook) for s in found.submissions if s.assignment == name}
            start = time.monotonic()
            graded = grade_folder(
                notebooks,
                assignment,
                workspace.of(name) / "results",
                jobs=options.jobs,
                trusted=options.trusted,
                backend=backend,
            )
            seconds = time.monotonic() - start
            results = {result.student: result for result in graded}
            lines += [*write_reports(workspace, assignment, found, results, wanted), f"  graded in {seconds:.0f} s", ""]
    print("\n".join(lines))
    _tell_problems(found, workspace)
    return 0


def _with_earlier(found: Found, workspace: Workspace, options: argparse.Namespace) -> Found:
    """Add what an earlier run found, if asked to; say so if students would leave the gradebook."""
    if not workspace.found.is_file():
        return found
    old = load_found(workspace.found)
    if options.add:
        return keep_earlier(found, old)
    keys = {(s.assignment, s.key) for s in found.submissions}
    gone = [s for s in old.submissions if (s.assignment, s.key) not in keys]
    if gone:
        some = ", ".join(s.key for s in gone[:5]) + (" …" if len(gone) > 5 else "")
        print(
            f"Note: {len(gone)} of the last run are not in {options.submissions} and leave the gradebook ({some}).\n"
            "Their results and the old gradebook are kept; --add keeps them in the gradebook, too.",
            file=sys.stderr,
        )
    return found


def _merge(options: argparse.Namespace) -> int:
    workspace = Workspace(options.output)
    wanted = _options(options, workspace)
    found = load_found(workspace.found)
    names = sorted({submission.assignment for submission in found.submissions})
    folders = {name: workspace.of(name) / "written" for name in names}
    answers = {name: [answer for answer, _ in read_key(folder)] for name, folder in folders.items()}
    chosen = [name for name in names if _share_codes(options.scores, answers[name])]
    if len(chosen) != 1:
        what = "no answer" if not chosen else f"answers of {' and of '.join(chosen)}"
        raise TableError(
            f"{', '.join(map(str, options.scores))}: {what} of {options.output} has these codes. Needed is a filled-in "
            "copy of written/scores.csv, one assignment at a time"
        )
    name = chosen[0]
    assignment = load_built(Path(wanted.built), name)
    marks, changed = merge_scores(options.scores, assignment, answers[name], read_marks(folders[name]))
    save_marks(folders[name], marks)
    workspace.save_options(wanted)
    print(f"{changed} new or changed scores.")
    return _write_again(workspace, found, wanted, [name])


def _share_codes(paths: Sequence[Path], answers: Sequence[object]) -> bool:
    from .tables import read_table

    codes = {getattr(answer, "code", "").casefold() for answer in answers}
    return any(row.get("code", "").strip().casefold() in codes for path in paths for row in read_table(path).rows)


def _report(options: argparse.Namespace) -> int:
    workspace = Workspace(options.output)
    wanted = _options(options, workspace)
    found = load_found(workspace.found)
    workspace.save_options(wanted)
    names = sorted({submission.assignment for submission in found.submissions})
    return _write_again(workspace, found, wanted, names)


def _write_again(workspace: Workspace, found: Found, wanted: Options, names: Sequence[str]) -> int:
    from .grade import result_path

    for name in names:
        assignment = load_built(Path(wanted.built), name)
        results: dict[str, SubmissionResult] = {}
        for submission in found.submissions:
            path = result_path(workspace.of(name) / "results", submission.key)
            if submission.assignment == name and path.is_file():
                results[submission.key] = SubmissionResult.from_json(path.read_text(encoding="utf-8"))
        print("\n".join([*write_reports(workspace, assignment, found, results, wanted), ""]))
    _tell_problems(found, workspace)
    return 0


def _options(options: argparse.Namespace, workspace: Workspace, built: Path | None = None) -> Options:
    """What was said now or, where nothing was said, in an earlier run."""
    before = workspace.options()
    rosters = before.rosters if options.roster is None else tuple(str(path.resolve()) for path in options.roster)
    book = before.book if options.book is None else options.book
    return Options(rosters, book, str(built.resolve()) if built else before.built)


def _tell_problems(found: Found, workspace: Workspace) -> None:
    if not found.problems:
        return
    count = len(found.problems)
    print(f"{count} {'file needs' if count == 1 else 'files need'} a look ({workspace.folder / 'problems.csv'}):")
    from .gradebook import write_problems

    write_problems(workspace.folder / "problems.csv", found.problems)
    for problem in found.problems[:10]:
        print(f"  {problem.origin}: {problem.what}")
    if count > 10:
        print(f"  … and {count - 10} more")


@contextlib.contextmanager
def _backend(name: str | None) -> Iterator[str | None]:
    """joblib's backend by name, or a Dask cluster by its scheduler's address, for the time of the grading."""
    if not (name and name.startswith("dask")):
        yield name
        return
    import joblib
    from dask.distributed import Client

    address = name.removeprefix("dask").removeprefix("://")
    try:
        client = Client(f"tcp://{address}" if address else None, timeout="20s")
    except (OSError, ValueError) as error:
        raise SettingsError(f"--backend {name}: there is no Dask scheduler at {address} ({error})") from error
    with client, joblib.parallel_config(backend="dask", n_jobs=-1):
        yield None


if __name__ == "__main__":
    sys.exit(main())
