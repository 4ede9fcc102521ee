"""Hostile submissions graded as a class, with honest ones between them: what each costs, and what none can get."""

import os
import socket
import threading
from dataclasses import replace

import pytest
from attacks import ATTACKS
from example import FULL, LIMITS, build, notebook, student

from coursework.grade import grade_folder
from coursework.protocol import Channel, Deadline
from coursework.sandbox import Pool, SandboxError, check_sandbox
from coursework.student import Submission, read_cells

try:
    check_sandbox()
except SandboxError as error:
    pytest.skip(f"no sandbox here: {str(error).splitlines()[0]}", allow_module_level=True)

HONEST = 3  # honest students, before, among and after the others


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The results of a class of attackers, by name."""
    folder = tmp_path_factory.mktemp("attacks")
    assignment = build(folder / "instructor")
    (folder / "submissions").mkdir()
    notebooks = {attack.name: student(q1=attack.source) for attack in ATTACKS}
    names = sorted(notebooks)
    notebooks |= {f"{names[place * (len(names) - 1) // (HONEST - 1)]} (honest)": student() for place in range(HONEST)}
    for name, content in notebooks.items():
        (folder / "submissions" / f"{name}.ipynb").write_text(content)
    results = grade_folder(folder / "submissions", assignment, folder / "results", jobs=3, quiet=True)
    assert not os.path.exists("/tmp/unpickled")
    return {result.student: result for result in results}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_costs_its_question_and_gains_nothing(graded, attack):
    result = graded[attack.name]
    marks = {question: got for question, (got, _) in result.by_question().items()}
    least = attack.deserved if attack.at_least is None else attack.at_least
    assert least <= marks.pop("q1") <= attack.deserved, result
    assert marks == {question: points for question, points in FULL.items() if question != "q1"}, result
    for text in [*result.notes, *[test.reason for test in result.tests]]:
        assert text.isprintable()
        assert len(text) <= 500


def test_honest_students_among_attackers_keep_their_marks(graded):
    honest = [result for name, result in graded.items() if name.endswith("(honest)")]
    assert len(honest) == HONEST
    for result in honest:
        assert result.points == sum(FULL.values())
        assert result.notes == ()


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    with Pool(build(tmp_path_factory.mktemp("probe")).limits) as warm:
        yield warm


def probe(pool, source, name="found"):
    """The value that a submission has in `name` after it was executed."""
    with Submission(read_cells(notebook([source]).encode()), pool) as submission, submission.session("q1") as session:
        assert submission.notes == []
        return session.get(name)


def test_sandbox_shows_no_file_of_the_grader(pool, tmp_path):
    canary = "canary-" + os.urandom(8).hex()
    (tmp_path / "secret.txt").write_text(canary)
    source = f"""
import os, sys
found = []
for folder, folders, files in os.walk("/"):
    if folder in ("/usr", "/lib", "/lib64", "/packages", sys.base_prefix):
        folders.clear()
    for name in files:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and os.path.getsize(path) < 10**6 and {canary!r} in open(path, errors="replace").read() + path:
                found.append(path)
        except OSError:
            pass
found += [key for key, value in os.environ.items() if {canary!r} in value]
found += [path for path in {[str(tmp_path), os.path.expanduser("~/.ssh"), os.getcwd()]!r} if os.path.exists(path)]
found += [name for name in os.listdir("/proc") if name.isdecimal()] + os.listdir("/tmp")
"""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", canary)
        assert probe(pool, source) == []


def test_sandbox_imports_only_what_the_assignment_allows(pool):
    source = """
import importlib, pathlib, sys
found = []
for name in ("scipy", "softmax_lib", "sklearn", "otter", "pip", "tensorflow", "coursework.secret", "coursework.grade"):
    try:
        importlib.import_module(name)
        found.append(name)
    except ImportError:
        pass
found += [str(p) for p in pathlib.Path(sys.base_prefix).glob("lib/python*/site-packages/*")]
found += [str(p) for p in pathlib.Path("/usr/lib").glob("python3*/dist-packages/*")]
"""
    assert probe(pool, source) == []


def test_sandbox_has_no_network(pool):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0coursework-{os.getpid()}")
        abstract.listen()
        source = f"""
import socket
found = []
for kind, address in [(socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})),
                      (socket.AF_INET, ("1.1.1.1", 53)),
                      (socket.AF_UNIX, "\\0coursework-{os.getpid()}")]:
    try:
        socket.socket(kind).connect(address)
        found.append(address)
    except OSError:
        pass
"""
        assert probe(pool, source) == []


def test_sandbox_has_no_privileges_and_no_other_processes(pool):
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
header, data = ctypes.create_string_buffer(b"\\x22\\x05\\x08\\x20\\0\\0\\0\\0"), ctypes.create_string_buffer(24)
libc.capget(header, data)
found = [data.raw.strip(b"\\0"), libc.prctl(39, 0, 0, 0, 0), os.getpid(), os.getppid()]
found = [len(found[0]), *found[1:]]
"""
    assert probe(pool, source) == [0, 1, 1, 0]


def test_nothing_is_left_of_a_submission(pool):
    leave = "import os, time\nopen('/tmp/left', 'w').write('x')\nif os.fork() == 0: time.sleep(99)\nfound = 1"
    assert probe(pool, leave) == 1
    assert probe(pool, "import os\nfound = os.listdir('/tmp') + os.listdir('/dev/shm')") == []


def test_each_test_starts_in_the_state_after_the_notebook(pool):
    source = "import os\ncount = [0]\ndef step():\n    count[0] += 1\n    open('/tmp/x', 'w')\n    return count[0], os.listdir('/tmp')"
    with Submission(read_cells(notebook([source]).encode()), pool) as submission:
        for _ in range(2):
            with submission.session("q1") as session:
                step = session.get("step")
                assert step() == (1, ["x"])
                assert step() == (2, ["x"])


def test_processes_together_cannot_take_the_machines_memory(tmp_path):
    limits = replace(LIMITS, memory_mb=64, notebook_seconds=60.0)
    hog = "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b'x' * (40 << 20)\n        time.sleep(99)\ntime.sleep(99)"
    with Pool(limits) as small, Submission(read_cells(notebook([hog]).encode()), small) as submission:
        submission.execute()
        assert submission.notes == ["cell 1 ended the process; it is left out"]


def test_grader_outlives_a_process_that_does_not_read(pool):
    """A frame larger than the buffers of a socket, to a process that has stopped reading."""
    ours, theirs = socket.socketpair()
    with theirs:
        channel = Channel(ours)
        done = threading.Event()

        def send():
            with pytest.raises(Exception, match="does not read"):
                channel.send({"op": "x", "text": "x" * 10**7}, deadline=Deadline(0))
            done.set()

        threading.Thread(target=send, daemon=True).start()
        assert done.wait(10)
        channel.close()
