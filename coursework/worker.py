"""Runs inside the sandbox: a nursery that imports the packages once, and the processes it forks for the submissions.

Three kinds of process, from the trusted to the untrusted:

nursery
    Imports the packages, then waits on its control socket. It never runs a student's code. For each start it forks a
keeper
    which leaves the nursery's namespaces, forks the host as process 1 of its own and waits for the grader to let go of
    the leash (a socket); then it kills the host and, with it, every process that the student's code left behind.
host
    Gives up its privileges, executes the notebook cell by cell and reports each before it starts, then forks a copy of
    itself for every test, so that each test meets the state right after the notebook, whatever the tests before it did.

Everything that the host and its copies say is the word of the student's code: the grader checks it as such.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import importlib
import json
import linecache
import os
import re
import select
import signal
import socket
import sys
import types
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import confine
from .protocol import Channel, Disconnected, NotPlainData, encode

__all__ = ["main"]

# What a cell cannot patch for the cells that follow.
_KEPT_MODULES = ("builtins", "math", "numpy", "numpy.linalg", "numpy.random")
_REQUEST_BYTES = 1 << 31  # of arrays: the grader may send more than it takes
_WATCH_SECONDS = 0.1
_TOGETHER = 2.5  # times the memory of one process: a test runs in a copy of the notebook's process
_WARNINGS = 20  # at most so many are passed on with an answer
_MAGIC = re.compile(r"^(\s*)([%!].*|\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$", re.MULTILINE)


def main(control: int) -> None:
    """The nursery: serve starts on the control socket until the grader closes it."""
    nursery = Channel(socket.socket(fileno=control))
    settings, _ = nursery.receive()
    if settings["user"] is not None:
        _become(settings["user"])
    _discard_output()
    for name in settings["preload"]:
        importlib.import_module(name)
    nested = settings["sandboxed"] and settings["nest"] and _can_nest()
    if settings["sandboxed"]:
        confine.hide_from_debuggers()
        settings["base_memory"] = confine.virtual_memory()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are reaped by the system
    gc.collect()
    gc.freeze()  # what is here stays: let the forks share its memory
    nursery.send({"op": "ready", "nested": nested})
    keepers: set[int] = set()
    while True:
        if settings["sandboxed"]:
            keepers = _watch(nursery.socket, keepers, settings["memory_mb"] << 20, settings["processes"])
        try:
            request, _ = nursery.receive()
            if request["op"] == "usage":
                nursery.send({"op": "usage"}, _usage())
                continue
            host, leash = nursery.receive_sockets(2)
        except Disconnected:
            os._exit(0)
        if not settings["forks"]:
            leash.close()
            _host(Channel(host, _REQUEST_BYTES), settings, nested=False)
        keeper = os.fork()
        if keeper == 0:
            nursery.close()
            _keep(host, leash, settings, nested)
        keepers.add(keeper)
        host.close()
        leash.close()


def _watch(control: socket.socket, keepers: set[int], memory: int, processes: int) -> set[int]:
    """Wait for a request; end what runs meanwhile when it takes far too much memory, or has far too many processes.

    The limits of resources hold for each process, or not for each user; this one is for all that a submission starts.
    """
    own = _resident(os.getpid())
    while keepers and not select.select([control], [], [], _WATCH_SECONDS)[0]:
        running = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
        keepers = keepers & set(running)
        taken = sum(max(_resident(process) - own, 0) for process in running)
        if taken > _TOGETHER * memory or len(running) > _TOGETHER * processes:
            for keeper in keepers:
                os.kill(keeper, signal.SIGKILL)  # its host dies with it, and all others with the host
    return keepers


def _usage() -> tuple[float, int]:
    """CPU seconds that the other processes here have used, and how many of them are running or waiting to."""
    ticks, runnable = 0, 0
    for name in os.listdir("/proc"):
        if name.isdecimal() and int(name) not in (1, os.getpid()):
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
                runnable += fields[0] in ("R", "D")
                ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK"), runnable


def _resident(process: int) -> int:
    """Bytes of memory that a process has beyond what files back."""
    try:
        with open(f"/proc/{process}/status") as file:
            lines = dict(line.split(":", 1) for line in file)
        return sum(int(lines[key].split()[0]) << 10 for key in ("RssAnon", "RssShmem"))
    except (OSError, KeyError):
        return 0


def _become(user: int) -> None:
    """Started by root: become a user that owns nothing."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


def _discard_output() -> None:
    """Send what student code reads, prints and logs nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _can_nest() -> bool:
    """Whether a child may have namespaces of its own here."""
    child = os.fork()
    if child == 0:
        try:
            confine.enter_namespaces(1)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _keep(host: socket.socket, leash: socket.socket, settings: dict[str, Any], nested: bool) -> None:
    """The keeper: fork the host, wait until the leash is let go, kill."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if nested:
        confine.enter_namespaces(settings["disk_mb"])
    if settings["sandboxed"]:
        for name in os.listdir(settings["files"]):
            os.symlink(os.path.join(settings["files"], name), os.path.join("/tmp", name))
    child = os.fork()
    if child == 0:
        leash.close()
        try:
            _host(Channel(host, _REQUEST_BYTES), settings, nested)
        finally:
            os._exit(1)
    host.close()
    with contextlib.suppress(OSError):
        leash.recv(1)
    if settings["sandboxed"]:
        os.kill(child, signal.SIGKILL)
    else:
        os.killpg(0, signal.SIGKILL)  # this session: the keeper and what the host has started
    os.waitpid(child, 0)
    os._exit(0)


def _host(grader: Channel, settings: dict[str, Any], nested: bool) -> None:
    """Execute the notebook, then answer: everything from here on runs beside or is the student's code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if settings["sandboxed"]:
        confine.hide_from_debuggers(False)
        space, data = settings["base_memory"]
        extra = settings["memory_mb"] << 20
        confine.drop_privileges()
        confine.limit_resources(
            memory=(space + extra + settings["spare_space_mb"] * (1 << 20), data + extra),
            cpu_seconds=settings["cpu_seconds"],
            disk_mb=settings["disk_mb"],
            processes=settings["processes"],
        )
        confine.filter_system_calls()
    clean = _cleaner(settings["sandboxed"], nested)
    job, _ = grader.receive()
    notebook = Notebook(grader, clean)
    notebook.execute(job["cells"], set(job["skip"]))
    files = _files() if settings["sandboxed"] else set()
    grader.send({"op": "ready"})
    while True:
        try:
            request, values = grader.receive()
        except Disconnected:
            os._exit(0)
        if request["op"] != "fork":
            notebook.answer(grader, request, values)
            notebook.unpatch()
            continue
        (test,) = grader.receive_sockets(1)
        clean()
        if settings["sandboxed"]:
            _remove(_files() - files)
        if os.fork() == 0:
            grader.close()
            channel = Channel(test, _REQUEST_BYTES)
            notebook.process = os.getpid()
            try:
                while True:
                    notebook.answer(channel, *channel.receive())
            finally:
                os._exit(0)
        test.close()


def _cleaner(sandboxed: bool, nested: bool) -> Callable[[], None]:
    """What ends the processes that the notebook's code has started; nothing in a trusted run: they may be anyone's."""
    if nested and os.getpid() == 1:
        return _end_all
    if sandboxed and not nested:
        keeper = os.getppid()
        with open(f"/proc/{keeper}/stat") as file:
            nursery = int(file.read().rpartition(")")[2].split()[1])
        return partial(_end_others, {1, nursery, keeper, os.getpid()})
    return _nothing


def _nothing() -> None:
    pass


def _end_all() -> None:
    """Kill every other process of this namespace, whose first process this is."""
    with contextlib.suppress(ProcessLookupError):
        while os.getpid() == 1:
            os.kill(-1, signal.SIGKILL)
            _reap()


def _end_others(spared: set[int]) -> None:
    """Kill the processes of the sandbox except those of the grader, as long as there are some."""
    for _ in range(100):
        others = {int(name) for name in os.listdir("/proc") if name.isdecimal()} - spared
        if not others:
            return
        for process in others:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        _reap()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass


def _files() -> set[str]:
    return {os.path.join(folder, name) for folder, _, names in os.walk("/tmp") for name in names}


def _remove(paths: set[str]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            os.unlink(path)


class Notebook:
    """The student's namespace, its cells and its functions."""

    def __init__(self, grader: Channel, clean: Callable[[], None]) -> None:
        self.grader = grader
        self.clean = clean
        self.process = os.getpid()
        module = types.ModuleType("__main__")
        module.__dict__.update(display=_ignore, get_ipython=_ignore)
        sys.modules["__main__"] = module  # dataclasses and the like look their module up
        self.names = module.__dict__
        kept = [sys.modules[name] for name in _KEPT_MODULES if name in sys.modules]
        self.kept = [(module.__name__, module, dict(vars(module))) for module in kept]

    def execute(self, cells: list[tuple[int, str]], skipped: set[int]) -> None:
        """Run the cells in order, like Jupyter: an exception ends its cell, not the notebook."""
        for index, source in cells:
            if index in skipped:
                continue
            self.grader.send({"op": "cell", "index": index})
            try:
                try:
                    self.run(index, source)
                finally:
                    self.unpatch()
                    self.leave_if_forked()
            except BaseException as error:
                self.grader.send({"op": "error", "index": index, "error": _describe(error)})
            self.clean()

    def run(self, index: int, source: str) -> None:
        filename = f"<cell {index}>"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                tree = ast.parse(source, filename)
            except SyntaxError:
                source = _without_magic(source)
                tree = ast.parse(source, filename)
            linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
            tree.body = [statement for statement in tree.body if not is_otters(statement)]
            exec(compile(tree, filename, "exec"), self.names)

    def leave_if_forked(self) -> None:
        """End a copy of the process that the student's code made: it has no business to answer."""
        if os.getpid() != self.process:
            os._exit(0)

    def unpatch(self) -> None:
        """Undo what a cell did to NumPy and the like, so that it costs the cell's own question only."""
        for name, module, content in self.kept:
            sys.modules[name] = module
            for key in [key for key, value in content.items() if module.__dict__.get(key) is not value]:
                module.__dict__[key] = content[key]

    def answer(self, grader: Channel, request: dict[str, Any], values: list[Any]) -> None:
        """Answer one request: the value of a name, or the result of a call."""
        try:
            if request["op"] == "get":
                self.get(grader, request["name"])
            elif request["op"] == "call":
                self.call(grader, request, *values)
        except NotPlainData as error:
            grader.send({"op": "not plain", "error": str(error)[:200]})
        except Disconnected:
            os._exit(0)
        except BaseException as error:
            grader.send({"op": "raised", "error": _describe(error), "type": _builtin_type(error)})

    def get(self, grader: Channel, name: str) -> None:
        if name not in self.names:
            grader.send({"op": "missing"})
        elif callable(self.names[name]):
            grader.send({"op": "function"})
        else:
            grader.send({"op": "value"}, [self.names[name]])

    def call(self, grader: Channel, request: dict[str, Any], positional: list[Any], named: dict[str, Any]) -> None:
        arguments = [positional, named]
        before = _image(arguments)
        with warnings.catch_warnings(record=True) as caught, np.errstate(**request["errors"]):
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", ResourceWarning)
            try:
                result = self.names[request["name"]](*positional, **named)
            finally:
                self.leave_if_forked()
        said = [[_builtin_type(warning.message), str(warning.message)[:200]] for warning in caught[:_WARNINGS]]
        values = [result] if _image(arguments) == before else [result, arguments]
        grader.send({"op": "result", "warnings": said}, values)


def _image(value: Any) -> tuple[str, bytes]:
    """What `value` holds, to see whether a call changed its arguments."""
    chunks: list[Any] = []
    tree = encode(value, chunks)
    return json.dumps(tree), b"".join(chunks)


def _ignore(*_args: Any, **_named: Any) -> None:
    """Stands for `display` and `get_ipython`, which a notebook has and a script has not."""


def _describe(error: BaseException) -> str:
    try:
        text = str(error)[:300]
    except Exception:
        text = "(no text)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _builtin_type(error: BaseException | Warning) -> str:
    """The nearest built-in class of an exception, which the grader's side knows too."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)


def _without_magic(source: str) -> str:
    """The source without Jupyter's `%magic`, `!shell` and `help?` lines, which are not Python."""
    if source.lstrip().startswith("%%"):
        return ""
    return _MAGIC.sub(lambda match: f"{match[1]}pass", source)


def is_otters(statement: ast.stmt) -> bool:
    """Whether a statement is one that Otter put into the notebook: its import, its start, a check or the export."""
    if isinstance(statement, ast.Import):
        return any(alias.name.split(".")[0] == "otter" for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").split(".")[0] == "otter"
    if not isinstance(statement, (ast.Expr, ast.Assign)) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
        return False
    return called.value.id == "grader" or (called.value.id, called.attr) == ("otter", "Notebook")
