"""Grade submissions: Otter's tests run here, the student's code in a sandbox.

`grade_notebook` grades one notebook, `grade_folder` a class, in parallel through joblib and resuming where it stopped.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import ctypes
import hashlib
import inspect
import json
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from . import secret
from .assignment import Assignment, Limits, SettingsError, Test
from .results import SubmissionResult, TestResult
from .sandbox import Pool, SandboxError, check_sandbox
from .student import CallEnded, NotANotebook, Submission, clean_text, notebook_bytes, read_cells

__all__ = ["digest", "grade_folder", "grade_notebook", "result_path"]

TRUSTED_NOTE = "trusted run: the code ran without a sandbox, and could have read the tests and changed its marks"
MAX_ENDED = 3  # tests of a question that may time out or crash; the others are then not run
TEST_SECONDS = 30.0  # of a test in all, or three calls if that is more
TEST_MEMORY = 4 << 30  # bytes that a test may take in this process: (n, 1) - (n,) can be large


def grade_notebook(
    notebook: Path,
    assignment: Assignment,
    *,
    student: str | None = None,
    trusted: bool = False,
    pool: Pool | None = None,
) -> SubmissionResult:
    """Grade one notebook.

    Parameters
    ----------
    student : the name in the result; the file's name without its ending by default
    trusted : run the code without a sandbox, as the user who grades
    pool : warm sandboxes to use; by default one is made for this notebook

    Raises
    ------
    SandboxError
        Where there is no sandbox and the run is not trusted.
    """
    job = _Job(
        student=Path(notebook).stem if student is None else student,
        source=str(notebook),
        content=notebook_bytes(notebook),
        assignment=assignment,
        tests=_test_sources(assignment),
        seed=None,
        trusted=trusted,
    )
    if pool is not None:
        return _grade(job, pool)
    if trusted:
        _warn_trusted()
    with Pool(assignment.limits, trusted=trusted) as fresh:
        return _grade(job, fresh)


def grade_folder(
    submissions: Path | Mapping[str, Path],
    assignment: Assignment,
    results: Path,
    *,
    jobs: int | None = None,
    trusted: bool = False,
    backend: str | None = None,
    quiet: bool = False,
) -> list[SubmissionResult]:
    """Grade a class: every notebook of a folder, or the notebooks of the given students.

    Each result is written to ``results/<student>.json`` as soon as it is there. A result that is there already, for
    the same notebook, tests, limits and seed, is kept: a run that was stopped goes on where it was.

    Parameters
    ----------
    submissions : a folder, whose ``*.ipynb`` files are named by student, or the notebook of each student
    jobs : processes; by default one a core, or what `joblib.parallel_config` says
    backend : joblib's backend; by default its own processes, or what `joblib.parallel_config` says ("dask" for a cluster)
    quiet : show no progress

    Returns
    -------
    list of SubmissionResult
        In the order of the students' names.

    Raises
    ------
    SandboxError
        Where there is no sandbox and the run is not trusted.
    """
    if trusted:
        _warn_trusted()
    else:
        check_sandbox()
    notebooks = _notebooks(submissions)
    tests = _test_sources(assignment)
    load_tests(assignment, tests)  # a mistake in them shows now, not two hundred times
    seed = _seed()
    results.mkdir(parents=True, exist_ok=True)
    done: dict[str, SubmissionResult] = {}
    waiting: list[str] = []
    for student, path in notebooks.items():
        found = _read_result(result_path(results, student))
        wanted = digest(notebook_bytes(path), assignment, tests, trusted=trusted)
        if found is not None and found.digest == wanted and found.student == student:
            done[student] = found
        else:
            waiting.append(student)
    with _progress(len(waiting), quiet) as step:
        for result in _parallel(jobs, backend)(
            joblib.delayed(_grade_job)(
                _Job(
                    student,
                    str(notebooks[student]),
                    notebook_bytes(notebooks[student]),
                    assignment,
                    tests,
                    seed,
                    trusted,
                )
            )
            for student in waiting
        ):
            _write_result(result_path(results, result.student), result)
            done[result.student] = result
            step()
    return [done[student] for student in sorted(notebooks)]


def digest(
    content: bytes, assignment: Assignment, tests: Mapping[str, str] | None = None, *, trusted: bool = False
) -> str:
    """What a result depends on, as one number: when it is the same, grading again gives the same marks."""
    record = asdict(assignment)
    del record["folder"]
    tests = _test_sources(assignment) if tests is None else tests
    seed = hashlib.sha256(f"grading\n{_seed()}".encode()).hexdigest()
    parts = [json.dumps([record, dict(sorted(tests.items())), seed, trusted]).encode(), content]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def result_path(results: Path, student: str) -> Path:
    """Where the result of a student is: their name, made safe for a file and kept apart from similar ones."""
    safe = re.sub(r"[^\w.@ -]", "_", student).strip(". ")[:100]
    if safe != student:
        safe = f"{safe}-{hashlib.sha256(student.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return Path(results) / f"{safe}.json"


# The tests, on this side


@dataclass(frozen=True)
class _Job:
    """All that grading one submission needs: it can travel to another process or machine."""

    student: str
    source: str
    content: bytes
    assignment: Assignment
    tests: dict[str, str]
    seed: str | None
    trusted: bool


class _OttersTest:
    """Otter's decorator `otter.test_files.test_case`, as far as a grader needs it: importing Otter takes seconds."""

    def __init__(self, **_settings: Any) -> None:
        pass

    def __call__(self, function: Callable[..., None]) -> _OttersTest:
        self.function = function
        return self


def _test_sources(assignment: Assignment) -> dict[str, str]:
    folder = assignment.folder / "tests"
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    if not sources:
        raise SettingsError(f"{folder} has no tests: build the assignments first (make coursework)")
    return sources


def load_tests(assignment: Assignment, sources: Mapping[str, str]) -> dict[tuple[str, str], Callable[..., None]]:
    """The test functions by question and name.

    Raises
    ------
    SettingsError
        When they are not the tests that the assignment lists.
    """
    found = _compile_tests(tuple(sorted(sources.items())))
    listed = {(test.question, test.name) for test in assignment.tests}
    if different := listed.symmetric_difference(found):
        names = ", ".join(sorted(f"{question}.{name}" for question, name in different))
        raise SettingsError(f"{assignment.folder}: the tests and assignment.json differ in {names}; build it again")
    return found


@lru_cache(maxsize=8)
def _compile_tests(sources: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], Callable[..., None]]:
    tests = {}
    for filename, source in sources:
        tree = ast.parse(source, filename)
        tree.body = [
            line for line in tree.body if not (isinstance(line, ast.ImportFrom) and line.module == "otter.test_files")
        ]
        names: dict[str, Any] = {"test_case": _OttersTest, "__name__": Path(filename).stem}
        exec(compile(tree, filename, "exec"), names)
        for case in [value for value in names.values() if isinstance(value, _OttersTest)]:
            tests[names["name"], case.function.__name__] = case.function
    return tests


def _grade(job: _Job, pool: Pool) -> SubmissionResult:
    start = time.perf_counter()
    assignment = job.assignment
    tests = load_tests(assignment, job.tests)
    notes = [TRUSTED_NOTE] if pool.trusted else []
    try:
        with _memory_limit():
            cells = read_cells(job.content)
    except NotANotebook as error:
        reason = clean_text(error)
        results = [_failed(test, reason) for test in assignment.tests]
        notes.append(reason)
    else:
        with Submission(cells, pool) as submission:
            results = list(_run_questions(assignment, tests, submission))
        notes += submission.notes
    return SubmissionResult(
        student=job.student,
        source=job.source,
        assignment=assignment.name,
        tests=tuple(results),
        notes=tuple(notes),
        seconds=round(time.perf_counter() - start, 3),
        digest=digest(job.content, assignment, job.tests, trusted=pool.trusted),
    )


def _run_questions(
    assignment: Assignment, tests: Mapping[tuple[str, str], Callable[..., None]], submission: Submission
) -> Iterator[TestResult]:
    for question in assignment.questions:
        ended = 0
        for test in question.tests:
            if ended >= MAX_ENDED:
                yield _failed(test, f"not run: {ended} tests of this question timed out or ended the process before")
                continue
            shared = submission.used_by_another(question.name)
            reason, was_ended = _run(test, tests[question.name, test.name], submission)
            if reason and shared:  # what another question left behind must not count
                submission.end()
                reason, was_ended = _run(test, tests[question.name, test.name], submission)
            if was_ended:
                ended += 1
                submission.note(f"{question.name} {test.name}: {reason}")
            yield _failed(test, reason) if reason else _passed(test)


def _run(test: Test, function: Callable[..., None], submission: Submission) -> tuple[str, bool]:
    """Run one test: why it failed (empty when it passed), and whether that was a timeout or a crash."""
    try:
        with (
            submission.session(test.question) as session,
            warnings.catch_warnings(),
            np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"),
            _memory_limit(),
            _time_limit(max(TEST_SECONDS, 3 * submission.limits.call_seconds)),
        ):
            warnings.simplefilter("ignore")
            names = inspect.signature(function).parameters
            function(**{name: np if name == "np" else session.get(name) for name in names})
            return session.ended, bool(session.ended)
    except (KeyboardInterrupt, SandboxError):
        raise
    except (CallEnded, _TestTooLong) as error:
        return clean_text(error) or type(error).__name__, True
    except AssertionError as error:
        return clean_text(f"AssertionError: {error}") if str(error) else "AssertionError", False
    except BaseException as error:
        return clean_text(f"{type(error).__name__}: {error}"), False


class _TestTooLong(BaseException):
    """Raised in a test that goes on for too long on this side."""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End what takes longer with `_TestTooLong`: a reply can be of a shape that makes the test itself slow."""
    thread = threading.get_ident()
    lock = threading.Lock()
    state = "running"

    def stop() -> None:
        nonlocal state
        with lock:
            if state == "running":
                state = "stopped"
                raise_in_thread(ctypes.c_ulong(thread), ctypes.py_object(_TestTooLong))

    raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            with lock:
                stopped = state == "stopped"
                state = "finished"
            timer.cancel()
            if stopped and sys.exc_info()[0] is not _TestTooLong:
                for _ in range(100):  # it is on its way, and must arrive here
                    time.sleep(0.001)
                raise _TestTooLong
    except _TestTooLong:
        raise _TestTooLong(f"the test did not end within {seconds:g} s") from None


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    """Let this process grow by `TEST_MEMORY` at most: a reply can be of a shape that makes a test large."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with open("/proc/self/statm") as file:
        limit = int(file.read().split()[5]) * resource.getpagesize() + TEST_MEMORY
    bounds = [bound for bound in (soft, hard, limit) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _passed(test: Test) -> TestResult:
    return TestResult(test.name, test.question, test.points, test.points, test.hidden, True)


def _failed(test: Test, reason: str) -> TestResult:
    return TestResult(
        test.name, test.question, 0.0, test.points, test.hidden, False, message=test.failure_message, reason=reason
    )


# A class


_pools: dict[tuple[Limits, bool], Pool] = {}


def _warm_pool(limits: Limits, trusted: bool) -> Pool:
    """This process' sandboxes for an assignment: warm from the first submission on."""
    if (limits, trusted) not in _pools:
        while _pools:  # one assignment at a time: each nursery holds memory
            _pools.popitem()[1].close()
        _pools[limits, trusted] = Pool(limits, trusted=trusted)
    return _pools[limits, trusted]


@atexit.register
def _close_pools() -> None:
    for pool in _pools.values():
        pool.close()


_one_at_a_time = threading.Lock()


def _grade_job(job: _Job) -> SubmissionResult:
    """Grade a submission in whatever process joblib has chosen; a failure of the grader itself is a result too."""
    with _one_at_a_time, _environment(secret.VARIABLE, job.seed):
        try:
            return _grade(job, _warm_pool(job.assignment.limits, job.trusted))
        except SandboxError:
            raise
        except Exception as error:
            reason = f"the grader failed, grade this one again: {type(error).__name__}: {clean_text(error)}"
            results = tuple(_failed(test, reason) for test in job.assignment.tests)
            return SubmissionResult(job.student, job.source, job.assignment.name, results, (reason,))


@contextlib.contextmanager
def _environment(name: str, value: str | None) -> Iterator[None]:
    """An environment variable for a while; None leaves it as it is."""
    before = os.environ.get(name)
    if value is not None:
        os.environ[name] = value
    try:
        yield
    finally:
        if value is not None:
            del os.environ[name]
            if before is not None:
                os.environ[name] = before


def _parallel(jobs: int | None, backend: str | None) -> joblib.Parallel:
    if jobs is None:
        _, configured = joblib.parallel.get_active_backend()
        jobs = configured if configured not in (None, 1) else -1
    return joblib.Parallel(n_jobs=jobs, backend=backend, return_as="generator_unordered", batch_size=1)


def _notebooks(submissions: Path | Mapping[str, Path]) -> dict[str, Path]:
    if isinstance(submissions, Mapping):
        return {student: Path(path) for student, path in sorted(submissions.items())}
    folder = Path(submissions)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder of notebooks")
    found = [path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts]
    names: dict[str, Path] = {}
    for path in found:
        if path.is_symlink() or not path.is_file():
            raise ValueError(
                f"{path} is not a file but a link or the like, which could lead to another's work: remove it"
            )
        if path.stem in names:
            raise ValueError(f"{path} and {names[path.stem]} have one name, so one student: rename one of them")
        names[path.stem] = path
    return dict(sorted(names.items()))


def _seed() -> str | None:
    try:
        return secret.seed()
    except secret.SeedMissing:
        return None


def _read_result(path: Path) -> SubmissionResult | None:
    try:
        return SubmissionResult.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_result(path: Path, result: SubmissionResult) -> None:
    """All of it or nothing: a run that is stopped leaves no half result."""
    part = path.with_name(path.name + ".part")
    part.write_text(result.to_json(), encoding="utf-8", errors="replace")
    part.replace(path)


def _warn_trusted() -> None:
    line = "!" * 100
    print(
        f"{line}\nTRUSTED RUN: the students' code runs without a sandbox, as you, on this machine. It can read and delete\n"
        f"your files and the hidden tests. Stop now (Ctrl-C) unless you trust every author.\n{line}",
        file=sys.stderr,
        flush=True,
    )


@contextlib.contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """Show how many submissions are graded: with tqdm where it is installed, else in a line."""
    if quiet or total == 0:
        yield lambda: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield _line(total)
        print(file=sys.stderr)
        return
    with tqdm(total=total, unit="submission") as bar:
        yield lambda: bar.update()


def _line(total: int) -> Callable[[], None]:
    start, count = time.monotonic(), 0
    terminal = sys.stderr.isatty()

    def step() -> None:
        nonlocal count
        count += 1
        left = (time.monotonic() - start) / count * (total - count)
        if terminal or count == total or count % max(1, total // 10) == 0:
            text = f"graded {count} of {total}, about {left:.0f} s left"
            print(f"\r{text:<60}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)

    return step
