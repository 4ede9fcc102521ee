"""Hostile submissions for the example assignment, and the marks that they deserve.

Each attack replaces the answer to question 1 (4 points) of an otherwise honest submission; the other questions must
keep their full marks. `deserved` is what the honest part of the attacked answer is worth: nothing in most of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from example import Q1


@dataclass(frozen=True)
class Attack:
    name: str
    source: str
    deserved: float = 0.0
    at_least: float | None = None  # where it is a race whether the attack also spoils its own answer


def in_function(body: str) -> str:
    """A softmax that does `body` when it is called."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"def softmax(logits):\n{lines}\n"


# Finds every open descriptor and writes to each what the grader waits for, if this is where it listens.
FORGE = """
import fcntl, json, os, struct

def frame(message, values):
    header = json.dumps({**message, "values": values}).encode()
    return struct.pack("<II", len(header), 0) + header

def forge(*frames):
    for descriptor in range(3, 256):
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_NONBLOCK)
            for one in frames:
                os.write(descriptor, one)
        except OSError:
            pass
"""

LIAR = """
import numpy as np

class Liar(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
    def __eq__(self, other): return True
    def sum(self, *args, **kwargs): return np.ones(2).view(Liar)
    def __reduce__(self): return (print, ("unpickled",))

class Equal:
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *args, **kwargs: self
    def __array__(self, *args, **kwargs): return np.array([self], dtype=object)
    def __reduce__(self): return (eval, ("__import__('os').system('touch /tmp/unpickled')",))
"""

ATTACKS = [
    # Never coming back
    Attack("endless loop in a cell", "while True: pass"),
    Attack("endless loop in a function", in_function("while True: pass")),
    Attack(
        "a loop that catches everything",
        in_function("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
    ),
    Attack("sleeping in a cell", "import time; time.sleep(1000)"),
    Attack("sleeping past the wall clock", in_function("import time; time.sleep(1000)")),
    Attack(
        "an exception whose text does not end",
        "class Odd(Exception):\n    def __str__(self):\n        while True: pass\n" + in_function("raise Odd"),
    ),
    Attack("waiting for input", in_function("return input()")),
    # Ending the process
    Attack("os._exit in a cell", "import os; os._exit(0)"),
    Attack("os._exit in a function", in_function("import os; os._exit(0)")),
    Attack("SystemExit", "raise SystemExit(0)"),
    Attack("KeyboardInterrupt in a function", in_function("raise KeyboardInterrupt")),
    Attack("segfault in a cell", "import ctypes; ctypes.string_at(0)"),
    Attack("segfault in a function", in_function("import ctypes; ctypes.string_at(0)")),
    Attack("abort", "import os; os.abort()"),
    Attack("endless recursion", in_function("return softmax(logits)")),
    Attack("a stack that overflows in C", "x = ()\nfor _ in range(10**6): x = (x,)\nrepr(x) == hash(x)"),
    Attack("source that the parser cannot take", "x = " + "(" * 5000 + ")" * 5000),
    # Signals and other processes
    Attack(
        "killing every process", "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)"
    ),
    Attack(
        "killing the parent",
        in_function("import os, signal\nfor s in (signal.SIGSTOP, signal.SIGKILL): os.kill(os.getppid(), s)"),
    ),
    Attack("stopping itself", in_function("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")),
    Attack("fork bomb in a cell", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    Attack(
        "fork bomb in a function", in_function("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    ),
    Attack(
        "thread bomb",
        "import threading, time\nwhile True:\n    try: threading.Thread(target=time.sleep, args=(99,)).start()\n    except RuntimeError: break",
    ),
    Attack(
        "a daemon that writes to everything it inherited",
        FORGE + "import time\nif os.fork() == 0:\n    os.setsid()\n    while True: forge(b'\\xff' * 64)" + Q1,
        4.0,
        at_least=0.0,
    ),
    Attack(
        "a daemon left behind by a call",
        in_function("import os, time\nif os.fork() == 0:\n    os.setsid()\n    while True: pass\nreturn logits"),
    ),
    # Spending what is not there
    Attack("memory hog in a cell", "hog = []\nwhile True: hog.append(bytearray(1 << 24))"),
    Attack("memory hog in a function", in_function("hog = []\nwhile True: hog.append(bytearray(1 << 24))")),
    Attack(
        "memory hog by many processes",
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b'x' * (200 << 20)\n        time.sleep(99)\ntime.sleep(99)\n"
        + Q1,
    ),
    Attack(
        "shared memory hog",
        "import mmap\nm = [mmap.mmap(-1, 1 << 26) for _ in range(100)]\nfor one in m: one.write(b'x' * (1 << 26))",
    ),
    Attack("full disk in a cell", "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(bytes(1 << 22))"),
    Attack(
        "full disk in a function",
        in_function("n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'wb').write(bytes(1 << 22))"),
    ),
    Attack("a million files", "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/{n}', 'w').close()"),
    Attack("every file descriptor", "keep = [open('/dev/null') for _ in range(10**6)]"),
    Attack(
        "output flood",
        in_function(
            "import os\nfor _ in range(500):\n    print('x' * 10**6)\n    os.write(1, b'x' * 10**6)\n    os.write(2, b'x' * 10**6)\nreturn logits"
        ),
    ),
    # Looking where it must not
    Attack("network", in_function("import socket\nsocket.create_connection(('1.1.1.1', 80), 1).close()\nreturn 1 / 0")),
    Attack("reading the tests", in_function("import coursework.secret\nreturn coursework.secret.seed()")),
    Attack(
        "writing into the system",
        "import os, sys\nfor folder in ('/', '/packages', '/grader/coursework', os.path.dirname(os.__file__), '/usr/lib', '/dev'):\n    open(folder + '/x', 'w')",
    ),
    Attack("patching the worker's file", "open('/grader/coursework/worker.py', 'a').write('x')"),
    # Raising marks by patching
    Attack(
        "numpy says that all is close",
        "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\nnp.testing.assert_allclose = lambda *a, **k: None\n"
        + in_function("return logits"),
    ),
    Attack("numpy without exp", "np.exp = np.log = np.sum = np.max = None\n" + Q1, 4.0),
    Attack(
        "numpy replaced",
        "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')\nnp.__dict__.clear()\n"
        + in_function("return logits"),
    ),
    Attack(
        "builtins patched",
        "import builtins\nbuiltins.AssertionError = builtins.abs = builtins.len = builtins.isinstance = lambda *a: True\n"
        + in_function("return logits"),
    ),
    Attack(
        "otter patched",
        "import sys, types\nsys.modules['otter'] = sys.modules['otter.test_files'] = sys.modules['coursework.grade'] = types.ModuleType('otter')\n"
        + in_function("return logits"),
    ),
    Attack(
        "tracing",
        "import sys, atexit, threading\nsys.settrace(lambda *a: 1 / 0); sys.setprofile(lambda *a: None); atexit.register(print); threading.settrace(lambda *a: None)\n"
        + in_function("return logits"),
    ),
    Attack(
        "warnings become errors", "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n" + Q1, 4.0
    ),
    # Raising marks by lying
    Attack("a subclass of ndarray that equals everything", LIAR + in_function("return logits.view(Liar)")),
    Attack("an object that equals everything", LIAR + in_function("return Equal()")),
    Attack("an array of objects", LIAR + in_function("return np.array([[Equal()] * 3] * 2, dtype=object)")),
    Attack("a structured array", in_function("return np.zeros(2, dtype=[('a', 'f8')])")),
    Attack(
        "a float that equals everything",
        "class F(float):\n    def __eq__(self, other): return True\n    def __sub__(self, other): return 0\n"
        + in_function("return F(3.0)"),
    ),
    Attack("a pickle", in_function("import pickle\nreturn pickle.dumps(softmax)")),
    Attack("a function as a result", in_function("return lambda *a: True")),
    Attack("a huge reply", in_function("return np.zeros(1 << 24)")),
    Attack("a long list", in_function("return [0] * 10**6")),
    Attack("a long integer", in_function("return 10 ** 5000")),
    Attack("deep nesting", in_function("x = []\nfor _ in range(100000): x = [x]\nreturn x")),
    Attack("a list in itself", in_function("x = []\nx.append(x)\nreturn x")),
    Attack("an axis of length zero", in_function("return np.zeros((0, 10**12))")),
    Attack("text that is not Unicode", in_function("return ['\\ud800', '\\x1b[2J']")),
    Attack("control characters in an error", in_function("raise ValueError('\\x1b[2J\\ud800 =HYPERLINK()')")),
    Attack("not a number", in_function("return logits * float('nan')")),
    # Raising marks by forging what the grader reads
    Attack(
        "forged frames while the notebook runs",
        FORGE
        + "forge(frame({'op': 'ready'}, {'l': []}), frame({'op': 'result', 'warnings': []}, {'l': [1.0]}))\n"
        + in_function("return logits"),
    ),
    Attack(
        "forged frames in a call",
        FORGE + in_function("forge(frame({'op': 'result', 'warnings': []}, {'l': [[1.0, 0.0]]}))\nreturn logits"),
    ),
    Attack(
        "a forged frame of four gigabytes",
        FORGE + in_function("import time\nforge(b'\\xff' * 8 + b'x' * 9999)\ntime.sleep(99)"),
    ),
    Attack(
        "forged depth",
        FORGE
        + in_function(
            "import time\nhead = b'[' * 100000\nforge(struct.pack('<II', len(head), 0) + head)\ntime.sleep(99)"
        ),
    ),
    Attack("forged types", FORGE + in_function("forge(frame({'op': {}, 'index': []}, {'d': 1}))\nreturn logits")),
    Attack(
        "a reply by drops", FORGE + in_function("import time\nwhile True:\n    forge(b'\\x01')\n    time.sleep(0.2)")
    ),
    Attack("closing every descriptor in a call", in_function("import os\nos.closerange(3, 256)\nreturn logits")),
    Attack(
        "answering in the worker's place",
        """
import gc
from coursework.worker import Notebook

def answer(self, grader, request, values):
    if request["op"] == "get" and request["name"] == "softmax":
        grader.send({"op": "function"})
    elif request["op"] == "call" and request["name"] == "softmax":
        (logits,), _ = values
        grader.send({"op": "result", "warnings": []}, [logits])
    else:
        honest(self, grader, request, values)

honest, Notebook.answer = Notebook.answer, answer
""",
    ),
    Attack(
        "a name list that lies",
        """
from coursework.worker import Notebook

def get(self, grader, name):
    grader.send({"op": "value"}, [True]) if name == "softmax" else honest(self, grader, name)

honest, Notebook.get = Notebook.get, get
""",
    ),
    # Leaving the sandbox
    Attack("new namespaces", "import ctypes\nlibc = ctypes.CDLL(None)\nassert libc.unshare(0x10000000) == 0\n" + Q1),
    Attack("mounting", "import ctypes\nlibc = ctypes.CDLL(None)\nassert libc.umount2(b'/proc', 2) == 0\n" + Q1),
    Attack(
        "tracing another process",
        "import ctypes\nlibc = ctypes.CDLL(None)\nassert libc.ptrace(16, 1, 0, 0) == 0\n" + Q1,
    ),
    Attack("raising its limits", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n" + Q1),
    Attack("becoming root", "import os\nos.setuid(0)\n" + Q1),
]
