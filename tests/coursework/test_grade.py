"""Grading: marks, notes and reasons of honest and broken submissions, a class, and the ways to run the code."""

import dataclasses
import importlib.util
import json
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from example import FULL, HONEST, LIMITS, TESTS, build, notebook, student

from coursework import grade, sandbox
from coursework.assignment import SettingsError
from coursework.grade import digest, grade_folder, grade_notebook, result_path
from coursework.results import SubmissionResult
from coursework.sandbox import Pool, SandboxError, check_sandbox, package_paths
from coursework.student import CallEnded, StudentError, Submission, clean_text, read_cells

try:
    check_sandbox()
    WHY = ""
except SandboxError as error:
    WHY = str(error).splitlines()[0]

needs_sandbox = pytest.mark.skipif(bool(WHY), reason=f"no sandbox here: {WHY}")


def test_there_is_a_sandbox_where_one_is_required():
    """CI sets the variable, so that the tests of the sandbox are not skipped there without a word."""
    if "COURSEWORK_NEEDS_SANDBOX" in os.environ:
        check_sandbox()


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return build(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def pool(assignment):
    with Pool(assignment.limits) as warm:
        yield warm


@pytest.fixture
def run(assignment, pool, tmp_path):
    """Grade a notebook of this content."""

    def grade_content(content):
        path = tmp_path / "ada.ipynb"
        path.write_text(content) if isinstance(content, str) else path.write_bytes(content)
        return grade_notebook(path, assignment, pool=pool)

    return grade_content


def marks(result):
    return {question: got for question, (got, _) in result.by_question().items()}


@needs_sandbox
def test_honest_submission_gets_all_points(run, assignment, tmp_path):
    result = run(student())
    assert marks(result) == FULL
    assert (result.points, result.possible) == (9.0, 9.0)
    assert (result.student, result.assignment, result.notes) == ("ada", "example", ())
    assert result.source == str(tmp_path / "ada.ipynb")
    assert [test.name for test in result.tests] == [test.name for test in assignment.tests]
    assert all(test.passed and not test.message and not test.reason for test in result.tests)
    assert SubmissionResult.from_json(result.to_json()) == result


@needs_sandbox
def test_empty_submission_gets_none(run):
    result = run(notebook(["import numpy as np"]))
    assert result.points == 0
    assert {test.reason for test in result.tests} >= {"StudentError: the notebook does not define softmax"}


@needs_sandbox
def test_failed_test_gives_the_authors_message_to_the_student_and_the_reason_to_the_teacher(run):
    result = run(
        student(
            q1="def softmax(logits):\n    logits -= 1\n    p = np.exp(logits)\n    return p / p.sum(-1, keepdims=True)"
        )
    )
    assert marks(result) == FULL | {"q1": 1.0}
    failed = {test.name: test for test in result.tests if not test.passed}
    assert set(failed) == {"test_large_logits", "test_hidden_no_mutation"}
    assert failed["test_hidden_no_mutation"].message == "test_hidden_no_mutation failed."
    assert failed["test_hidden_no_mutation"].reason == "AssertionError: softmax changed its input"
    assert failed["test_hidden_no_mutation"].hidden
    assert failed["test_large_logits"].reason.startswith("FloatingPointError")


@needs_sandbox
def test_cells_run_as_in_jupyter(run):
    magic = "%matplotlib inline\n!pip install x\nnp.sin?\n" + HONEST["q1"]
    assert marks(run(student(q1=magic))) == FULL
    assert marks(run(student(q1="%%time\nnothing here is Python\n", extra=HONEST["q1"]))) == FULL
    after_error = run(student(q1="1 / 0\n" + HONEST["q1"]))
    assert marks(after_error) == FULL | {"q1": 0.0}
    assert after_error.notes == ("cell 5: ZeroDivisionError: division by zero",)
    later = run(student(extra="def softmax(logits):\n    return logits"))
    assert marks(later) == FULL | {"q1": 0.0}
    classes = "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\ndisplay(A())\nget_ipython()"
    assert marks(run(student(extra=classes))) == FULL


@needs_sandbox
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG",
        b"[]",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": [3]}]}',
        b'{"worksheets": []}',
        b'{"cells": ' + b"[" * 100_000,
        json.dumps({"cells": [{"cell_type": "code", "source": "x" * (3 << 20)}]}).encode(),
    ],
    ids=range(11),
)
def test_file_that_is_no_notebook_gets_no_points_and_a_note(run, content):
    result = run(content)
    assert result.points == 0
    assert len(result.notes) == 1
    assert {test.reason for test in result.tests} == set(result.notes)


@needs_sandbox
def test_many_bad_cells_end_the_notebook_not_the_grader(run):
    bad = ["import os; os._exit(1)"] * 6
    result = run(notebook(["import numpy as np", HONEST["q1"], *bad, HONEST["q2"]]))
    assert marks(result) == {"q1": 4.0, "q2": 0.0, "q3": 0.0}
    assert result.notes[-1] == "the cells after cell 11 are left out too"


@needs_sandbox
def test_questions_with_many_timeouts_are_given_up(pool):
    with Submission(read_cells(notebook(["import os\ndef f(): os._exit(0)"]).encode()), pool) as submission:
        for _ in range(2):
            with submission.session("q1") as session:
                f = session.get("f")
                for _ in range(2):
                    with pytest.raises(CallEnded, match="f ended the process"):
                        f()


@needs_sandbox
def test_calls_behave_like_calls(pool):
    source = """
import numpy as np, warnings

def change(array, items, table, *, more):
    array += 1
    items.append([2]); items[0][0] = "new"
    table["b"] = array; del table["a"]
    more[0][...] = 7
    return None

class Mine(ValueError):
    pass

def refuse(): raise Mine("no " * 200)
def leave(): raise SystemExit
def loud(): warnings.warn("careful", UserWarning); return np.float32(1) / 3
def overflow(x): return np.exp(x)
def returns(x): return x
value = (1, {"a": np.arange(3)}, None, 2.5, 1j)
"""
    with Submission(read_cells(notebook([source]).encode()), pool) as submission, submission.session("q1") as session:
        array, items, table, fixed = np.arange(3.0), [["old"]], {"a": 1}, np.zeros(2)
        assert session.get("change")(array, items, table, more=(fixed,)) is None
        assert array.tolist() == [1, 2, 3]
        assert items == [["new"], [2]]
        assert list(table) == ["b"]
        assert fixed.tolist() == [7, 7]
        with pytest.raises(ValueError, match="Mine: no no") as caught:
            session.get("refuse")()
        assert isinstance(caught.value, StudentError)
        with pytest.raises(StudentError, match="SystemExit"):
            session.get("leave")()
        with pytest.warns(UserWarning, match="careful"):
            assert type(session.get("loud")()) is np.float32
        with np.errstate(over="raise"), pytest.raises(FloatingPointError):
            session.get("overflow")(1e9)
        with np.errstate(over="ignore"):
            assert session.get("overflow")(1e9) == np.inf
        with pytest.raises(TypeError, match="only plain data"):
            session.get("returns")(len)
        value = session.get("value")
        assert value[0] == 1
        assert value[1]["a"].tolist() == [0, 1, 2]
        with pytest.raises(StudentError, match="does not define nothing"):
            session.get("nothing")
        frozen = np.arange(2)
        frozen.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            session.get("change")(frozen, [[1]], {"a": 1}, more=[fixed])


@needs_sandbox
def test_test_that_a_reply_makes_slow_or_large_fails_alone(assignment, pool, monkeypatch):
    test = next(iter(assignment.tests))
    monkeypatch.setattr(grade, "TEST_SECONDS", 0.3)
    monkeypatch.setattr(grade, "TEST_MEMORY", 256 << 20)

    def slow(softmax):
        while True:
            pass

    def large(softmax, np):
        column = np.zeros((20_000, 1))
        assert (column - column.T).sum() == 0

    def swallows(softmax):
        try:
            softmax()
        except Exception:
            return

    def stubborn(softmax):
        try:
            while True:
                pass
        except BaseException:
            return

    limits = dataclasses.replace(assignment.limits, call_seconds=0.1)
    with Submission([(0, "import os\ndef softmax(): os._exit(0)")], pool) as submission:
        submission.limits = limits
        assert grade._run(test, slow, submission) == ("the test did not end within 0.3 s", True)
        assert grade._run(test, stubborn, submission) == ("the test did not end within 0.3 s", True)
        reason, ended = grade._run(test, large, submission)
        assert "MemoryError" in reason
        assert not ended
        submission.limits = assignment.limits
        assert grade._run(test, swallows, submission) == ("softmax ended the process", True)
        assert grade._run(test, lambda softmax: None, submission) == ("", False)


@needs_sandbox
@pytest.mark.parametrize("nest", [True, False])
def test_shared_process_of_preloaded_packages_keeps_questions_apart(tmp_path, nest):
    """Where tests share a process, what one question leaves behind does not cost another."""
    limits = dataclasses.replace(LIMITS, preload=("numpy",))
    assignment = build(tmp_path / "instructor", limits)
    path = tmp_path / "ada.ipynb"
    spoil = "def softmax(logits):\n    global entropy, answer\n    entropy = answer = None\n    return logits"
    with Pool(limits, nest=nest) as pool:
        for source, expected in [
            (HONEST["q1"], 4.0),
            (spoil, 0.0),
            ("def softmax(z):\n    import os\n    os._exit(0)", 0.0),
        ]:
            path.write_text(student(q1=source))
            assert marks(grade_notebook(path, assignment, pool=pool)) == FULL | {"q1": expected}


KERAS = """
import keras
import numpy as np

def softmax(logits):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((logits.shape[-1],)), keras.layers.Softmax()])
    return model.predict(np.atleast_2d(logits), verbose=0)
"""


@needs_sandbox
def test_keras_is_imported_once_and_trained_in_each_submission(tmp_path):
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    packages = ("keras", "tensorflow")
    limits = dataclasses.replace(
        LIMITS, packages=packages, preload=packages, memory_mb=2048, call_seconds=60, notebook_seconds=60
    )
    assignment = build(tmp_path / "instructor", limits)
    path = tmp_path / "ada.ipynb"
    with Pool(limits) as pool:
        # Two points are for digits that float32 has not.
        for source, expected in [("import os\nkeras = None\nos._exit(0)", 0.0), (KERAS, 2.0)]:
            path.write_text(student(q1=source))
            result = grade_notebook(path, assignment, pool=pool)
            assert marks(result) == FULL | {"q1": expected}, result


@needs_sandbox
def test_without_nested_namespaces_every_submission_gets_a_sandbox_of_its_own(assignment, tmp_path):
    path = tmp_path / "ada.ipynb"
    with Pool(assignment.limits, nest=False) as pool:
        attacks = ["import os\nwhile True:\n    try: os.fork()\n    except OSError: break", "import os; os.kill(-1, 9)"]
        for source in [*attacks, HONEST["q1"]]:
            path.write_text(student(q1=source, extra="open('/tmp/trace', 'x').close()"))
            result = grade_notebook(path, assignment, pool=pool)
            assert marks(result) == FULL | {"q1": 4.0 if source == HONEST["q1"] else 0.0}
            assert not any("trace" in note for note in result.notes)


@pytest.mark.parametrize("forks", [True, False])
def test_trusted_run_works_without_a_sandbox_and_says_so(assignment, tmp_path, capsys, monkeypatch, forks):
    if forks and not sandbox.FORKS:
        pytest.skip("no forks here")
    monkeypatch.setattr(sandbox, "FORKS", forks)
    if sys.platform == "win32":
        pytest.skip("trusted runs need Linux or macOS")
    monkeypatch.setattr(sandbox, "_problem", lambda: "it is not installed")
    path = tmp_path / "ada.ipynb"
    path.write_text(student(q1="import os; os._exit(1)"))
    result = grade_notebook(path, assignment, trusted=True)
    assert marks(result) == FULL | {"q1": 0.0}
    assert result.notes == (grade.TRUSTED_NOTE, "cell 5 ended the process; it is left out")
    assert "TRUSTED RUN" in capsys.readouterr().err


@pytest.mark.parametrize("problem", ["it is not installed", "it does not start: setting up uid map: Permission denied"])
def test_without_a_sandbox_grading_is_refused_with_advice(assignment, tmp_path, monkeypatch, problem):
    monkeypatch.setattr(sandbox, "_problem", lambda: problem)
    (tmp_path / "ada.ipynb").write_text(student())
    with pytest.raises(SandboxError, match="apt-get install bubblewrap") as caught:
        grade_notebook(tmp_path / "ada.ipynb", assignment)
    assert problem in str(caught.value)
    with pytest.raises(SandboxError, match="trusted run"):
        grade_folder(tmp_path, assignment, tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_missing_program_is_noticed(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert sandbox._problem.__wrapped__() in ("it is not installed", f"there is none for {sys.platform}")


@needs_sandbox
def test_class_is_graded_and_resumed(assignment, tmp_path, capsys):
    submissions, results = tmp_path / "submissions", tmp_path / "results"
    submissions.mkdir()
    for name in ("ada", "bob", "cyd"):
        (submissions / f"{name}.ipynb").write_text(student(extra=f"name = {name!r}"))
    (submissions / "bob.ipynb").write_text(student(q2="def entropy(p): return 0"))
    first = grade_folder(submissions, assignment, results, jobs=1)
    assert [(result.student, result.points) for result in first] == [("ada", 9.0), ("bob", 8.0), ("cyd", 9.0)]
    assert "graded 3 of 3" in capsys.readouterr().err or "tqdm" in sys.modules
    assert sorted(path.name for path in results.iterdir()) == ["ada.json", "bob.json", "cyd.json"]

    times = {path.name: path.stat().st_mtime_ns for path in results.iterdir()}
    (submissions / "bob.ipynb").write_text(student())
    (results / "cyd.json").write_text("{half a res")
    second = grade_folder(submissions, assignment, results, jobs=1, quiet=True)
    assert [result.points for result in second] == [9.0, 9.0, 9.0]
    assert second[0] == first[0]
    changed = {path.name for path in results.iterdir() if path.stat().st_mtime_ns != times[path.name]}
    assert changed == {"bob.json", "cyd.json"}
    by_name = grade_folder({"Ada L.": submissions / "ada.ipynb"}, assignment, results, jobs=1, quiet=True)
    assert [result.student for result in by_name] == ["Ada L."]


def test_two_notebooks_of_one_name_are_refused(assignment, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "_problem", lambda: "")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ada.ipynb").write_text(student())
    with pytest.raises(ValueError, match="one name"):
        grade_folder(tmp_path, assignment, tmp_path / "results")
    with pytest.raises(FileNotFoundError, match="not a folder"):
        grade_folder(tmp_path / "missing", assignment, tmp_path / "results")
    if sys.platform == "win32":
        return  # links need a privilege there
    (tmp_path / "b" / "ada.ipynb").unlink()
    (tmp_path / "b" / "bob.ipynb").symlink_to(tmp_path / "a" / "ada.ipynb")
    with pytest.raises(ValueError, match=r"bob\.ipynb is not a file but a link"):
        grade_folder(tmp_path, assignment, tmp_path / "results")


@needs_sandbox
def test_failure_of_the_grader_is_a_result_that_is_tried_again(assignment, tmp_path, monkeypatch):
    (tmp_path / "ada.ipynb").write_text(student())

    def fail(*_):
        raise RuntimeError("a mistake")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "_run_questions", fail)
        (result,) = grade_folder(tmp_path, assignment, tmp_path / "results", jobs=1, quiet=True)
        assert result.points == 0
        assert "a mistake" in result.notes[0]
    (result,) = grade_folder(tmp_path, assignment, tmp_path / "results", jobs=1, quiet=True)
    assert result.points == 9.0


def test_job_can_travel(assignment):
    """To another machine: with the tests and the seed in it, and no path of this one needed."""
    tests = grade._test_sources(assignment)
    job = grade._Job("ada", "ada.ipynb", student().encode(), assignment, tests, "seed", False)
    assert pickle.loads(pickle.dumps(job)) == job


@needs_sandbox
@pytest.mark.filterwarnings("ignore")
def test_class_can_be_graded_on_a_cluster(assignment, tmp_path):
    distributed = pytest.importorskip("distributed")
    (tmp_path / "submissions").mkdir()
    for name in ("ada", "bob"):
        (tmp_path / "submissions" / f"{name}.ipynb").write_text(student())
    with (
        distributed.LocalCluster(1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        results = grade_folder(tmp_path / "submissions", assignment, tmp_path / "results", quiet=True)
    assert [result.points for result in results] == [9.0, 9.0]
    grade._close_pools()


def test_digest_depends_on_all_that_marks_depend_on(assignment, monkeypatch):
    content = student().encode()
    limits = dataclasses.replace(assignment.limits, memory_mb=100)
    tests = grade._test_sources(assignment)
    digests = {
        digest(content, assignment),
        digest(content + b" ", assignment),
        digest(content, dataclasses.replace(assignment, limits=limits)),
        digest(content, assignment, tests | {"q1.py": "pass"}),
        digest(content, assignment, trusted=True),
    }
    monkeypatch.setenv("COURSEWORK_SEED", "another")
    digests.add(digest(content, assignment))
    assert len(digests) == 6
    monkeypatch.undo()
    assert digest(content, assignment, tests) == digest(content, assignment)


def test_tests_must_be_those_of_the_assignment(tmp_path):
    tests = dict(TESTS, q2=TESTS["q2"].replace("test_two", "test_three"))
    assignment = build(tmp_path, tests=tests)
    with pytest.raises(SettingsError, match=r"q2\.test_three, q2\.test_two"):
        grade.load_tests(assignment, grade._test_sources(assignment))
    for path in (tmp_path / "tests").iterdir():
        path.unlink()
    with pytest.raises(SettingsError, match="has no tests"):
        grade._test_sources(assignment)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", ".", "x" * 300, "Zoë\0", "a\nb", "ada ", "=1+1"])
def test_result_stays_in_its_folder_whatever_a_student_is_called(tmp_path, name):
    path = result_path(tmp_path, name)
    assert path.parent == tmp_path
    path.write_text("x")
    assert path != result_path(tmp_path, name + "2")
    assert result_path(tmp_path, "ada") == tmp_path / "ada.json"


def test_text_from_outside_is_made_harmless():
    assert clean_text("a\x1b[2Jb\n\ud800c\u202e") == "a [2Jb c"
    assert clean_text("x" * 1000, 10) == "x" * 9 + "…"


def test_packages_bring_what_they_need_and_nothing_else():
    found = package_paths(("numpy",))
    assert "numpy" in found
    assert not {"scipy", "softmax_lib", "sklearn"} & set(found)
    with_library = package_paths(("softmax_lib",))
    assert {"softmax_lib", "numpy", "scipy", "sklearn"} <= set(with_library)
    assert not {"tensorflow", "otter", "coursework", "tests", "assignments", "LICENSE"} & set(with_library)
    with pytest.raises(SandboxError, match="not installed"):
        package_paths(("no_such_package",))


def test_folders_of_the_user_are_covered_where_they_lie_in_the_system(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "_system", lambda: ["/usr/lib", str(tmp_path)])
    monkeypatch.setattr(sandbox, "ROOT", tmp_path / "course")
    monkeypatch.chdir(tmp_path)
    assert sandbox._private_folders() == [str(tmp_path), str(tmp_path / "course")]
    monkeypatch.undo()
    assert sandbox._private_folders() == []


def test_importing_the_grader_is_light():
    """It is imported in every process that grades."""
    code = "import sys, coursework.grade; print({'otter', 'scipy', 'tensorflow', 'nbformat'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sandbox.ROOT)
    assert run.stdout.strip() == "set()"
