"""The programs in examples/ run, in processes of their own as a reader starts them, and do what they promise."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
sys.path.insert(0, str(Path(__file__).parent / "coursework"))


def _run(*arguments, **environment):
    command = [sys.executable, *map(str, arguments)]
    result = subprocess.run(
        command, capture_output=True, text=True, encoding="utf8", env=os.environ | environment, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_learning_in_chunks_is_as_good_as_learning_at_once(tmp_path):
    pytest.importorskip("dask.array")
    arguments = ["--rows", 30_000, "--chunk", 7_000, "--folder", tmp_path]  # the last chunk is a short one
    printed = _run(EXAMPLES / "larger_than_memory.py", *arguments)
    losses = {way: float(loss) for way, loss in re.findall(r"^(\w+) +loss on new rows ([\d.]+)", printed, re.MULTILINE)}
    assert set(losses) == {"chunks", "dask", "fit"}
    assert losses["fit"] < 1.4  # ten classes: guessing costs log 10 = 2.30
    for way in ("chunks", "dask"):
        assert losses[way] == pytest.approx(losses["fit"], abs=2e-3)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not bound the data of a process")
def test_chunks_fit_where_the_whole_file_does_not(tmp_path):
    """After a warm-up the process may grow by about half the size of the file."""
    code = f"""
import re, resource, sys
sys.path.insert(0, {str(EXAMPLES)!r})
from larger_than_memory import main
main(["--rows", "20000", "--chunk", "10000", "--ways", "chunks", "--folder", {str(tmp_path)!r}])
used = int(re.search(r"VmData:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (used + 30_000_000,) * 2)
arguments = ["--rows", "200000", "--chunk", "10000", "--folder", {str(tmp_path)!r}, "--ways"]
main([*arguments, "chunks"])
try:
    main([*arguments, "fit"])
except MemoryError:
    print("the whole file is too large")
"""
    printed = _run("-c", code)
    assert "data: 51 MB" in printed
    assert printed.splitlines()[-1] == "the whole file is too large"


def test_the_memory_that_the_book_states_is_the_memory_that_was_measured():
    """Twice the data for fit, and the same for chunks however long the file is."""
    lines = json.loads((ROOT / "benchmarks" / "results" / "scaling.json").read_text("utf8"))["lines"]
    added = {way: [line["extra_mb"] for line in lines if line["way"] == way] for way in ("fit", "chunks", "dask")}
    data = [line["data_mb"] for line in lines if line["way"] == "fit"]
    assert max(data) > 3 * min(data)
    assert all(1.8 < needed / size < 2.3 for needed, size in zip(added["fit"], data, strict=True))
    assert max(added["chunks"]) < 1.2 * min(added["chunks"])
    assert max(added["dask"]) < 1.5 * min(added["dask"])


def test_a_class_is_graded_on_a_cluster(tmp_path):
    pytest.importorskip("distributed")
    from coursework.sandbox import SandboxError, check_sandbox

    try:
        check_sandbox()
    except SandboxError as error:
        pytest.skip(f"no sandbox here: {error}")
    from example import build, student

    assignment, submissions = build(tmp_path / "assignment"), tmp_path / "submissions"
    submissions.mkdir()
    for name, answers in {"ada": {}, "bob": {"q2": "def entropy(p): return 0.0"}, "eve": {"q1": "1 / 0"}}.items():
        (submissions / f"{name}.ipynb").write_text(student(**answers), "utf8")
    printed = _run(
        EXAMPLES / "grade_on_a_cluster.py", assignment.folder, submissions, tmp_path / "results", COURSEWORK_SEED="s"
    )
    assert re.search(r"3 submissions in [\d.]+ s on 2 workers", printed)
    points = {
        name: sum(test["points"] for test in json.loads((tmp_path / "results" / f"{name}.json").read_text())["tests"])
        for name in ("ada", "bob", "eve")
    }
    assert points == {"ada": 9, "bob": 8, "eve": 5}
