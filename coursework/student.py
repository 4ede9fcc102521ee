"""The grader's side of a student's process: execute the notebook whatever it does, and call its functions.

Nothing here trusts what the process says. A cell that loops, exits or crashes is skipped when the notebook is executed
again, so that it costs the question it is in; a call that does not come back ends its test, and nothing else.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import socket
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .assignment import Limits
from .protocol import Channel, Deadline, Disconnected, NotPlainData, OutOfTime, ProtocolError
from .sandbox import Pool, Running

__all__ = ["CallEnded", "NotANotebook", "Session", "StudentError", "Submission", "clean_text", "read_cells"]

MAX_NOTEBOOK = 64 << 20  # bytes: pictures in outputs count
MAX_SOURCE = 2 << 20  # characters of code
MAX_BAD_CELLS = 4  # cells that end the process; after so many the rest of the notebook is left out
MAX_RESTARTS = 12


class NotANotebook(ValueError):
    """The file cannot be graded, for the reason in the message."""


class StudentError(Exception):
    """The student's code raised an exception; what a test sees also is the built-in one, so that it can be expected."""


class CallEnded(BaseException):
    """A call did not come back with an answer that counts: no ``except Exception`` of a test may swallow it."""


def clean_text(text: Any, length: int = 500) -> str:
    """Text from outside, printable, on one line and short: it ends in tables, pages and terminals."""
    words = "".join(character if character.isprintable() else " " for character in str(text)[: 4 * length])
    words = " ".join(words.split())
    return words if len(words) <= length else words[: length - 1] + "…"


def read_cells(content: bytes) -> list[tuple[int, str]]:
    """The code cells of a notebook: their places in it, and their text.

    Raises
    ------
    NotANotebook
        For anything that is not a notebook of format 4, or is too large.
    """
    if len(content) > MAX_NOTEBOOK:
        raise NotANotebook(
            f"the file has {len(content) >> 20} MB, more than the {MAX_NOTEBOOK >> 20} MB that are taken"
        )
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        code = [(index, cell["source"]) for index, cell in enumerate(cells) if cell["cell_type"] == "code"]
        sources = [(index, source if isinstance(source, str) else "".join(source)) for index, source in code]
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError) as error:
        kind = type(error).__name__
        raise NotANotebook(
            f"the file is not a Jupyter notebook of format 4 ({kind}: {clean_text(error, 100)})"
        ) from None
    if sum(len(source) for _, source in sources) > MAX_SOURCE:
        raise NotANotebook(f"its code has more than {MAX_SOURCE} characters")
    return sources


class Submission:
    """A notebook in a sandbox; a context manager.

    Attributes
    ----------
    notes : what happened while the notebook was executed, in words for the instructor
    """

    def __init__(self, cells: list[tuple[int, str]], pool: Pool) -> None:
        self.cells = cells
        self.pool = pool
        self.limits: Limits = pool.limits
        self.notes: list[str] = []
        self._skipped: set[int] = set()
        self._running: Running | None = None
        self._starts = 0
        self._used_by: set[str] = set()

    def execute(self) -> Running:
        """The process with the notebook executed, started anew when there is none.

        Raises
        ------
        CallEnded
            When too many attempts failed.
        """
        while self._running is None:
            self._starts += 1
            if self._starts > MAX_RESTARTS:
                raise CallEnded("the notebook's process ended too often")
            running = self.pool.start()
            self._used_by = set()
            state = _Execution(running, self)
            try:
                state.run()
                self._running = running
            except ProtocolError as error:
                self.pool.finish(running)
                self._leave_out(state.current, error)
        return self._running

    def _leave_out(self, index: int | None, error: ProtocolError) -> None:
        """Remember the cell that ended the process."""
        if isinstance(error, OutOfTime):
            what = f"did not end within {self.limits.notebook_seconds:g} s"
        elif isinstance(error, Disconnected):
            what = "ended the process"
        else:
            what = f"sent what no notebook sends ({error})"
        if index is None or index in self._skipped:
            self.note(f"the process did not start: it {what}")
            self._starts += MAX_RESTARTS // 3
            return
        self.note(f"cell {index} {what}; it is left out")
        self._skipped.add(index)
        if len(self._skipped) == MAX_BAD_CELLS:
            self.cells = [cell for cell in self.cells if cell[0] < index]
            self.note(f"the cells after cell {index} are left out too")

    def note(self, text: str) -> None:
        text = clean_text(text)
        if text not in self.notes and len(self.notes) < 100:
            self.notes.append(text)

    def end(self) -> None:
        """End the process."""
        if self._running is not None:
            self.pool.finish(self._running)
            self._running = None

    def used_by_another(self, question: str) -> bool:
        """Whether the process has answered tests of another question, which may have left something behind."""
        return not self.pool.forks and bool(self._used_by - {question})

    @contextlib.contextmanager
    def session(self, question: str) -> Iterator[Session]:
        """The state right after the notebook, for one test (or, when it does not fork, what the last test left)."""
        running = self.execute()
        self._used_by.add(question)
        if not self.pool.forks:
            session = Session(running.channel, self.limits.call_seconds, self.pool.starved)
            try:
                yield session
            finally:
                if session.ended:
                    self.end()
            return
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                running.channel.send({"op": "fork"}, deadline=Deadline(self.limits.call_seconds))
                running.channel.send_sockets(theirs)
        except ProtocolError as error:
            ours.close()
            self.end()
            raise CallEnded(f"the notebook's process is gone ({error})") from None
        session = Session(Channel(ours), self.limits.call_seconds, self.pool.starved)
        try:
            yield session
        finally:
            ours.close()
            if session.ended and not session.answers:
                self.end()  # perhaps the notebook's process itself is in trouble: the next test gets a new one

    def __enter__(self) -> Submission:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class _Execution:
    """One attempt to execute the notebook; `current` is the cell that the process said it is in."""

    def __init__(self, running: Running, submission: Submission) -> None:
        self.channel = running.channel
        self.submission = submission
        self.current: int | None = None

    def run(self) -> None:
        deadline = Deadline(self.submission.limits.notebook_seconds, self.submission.pool.starved)
        cells = self.submission.cells
        job = {"cells": cells, "skip": sorted(self.submission._skipped)}
        self.channel.send(job, deadline=deadline)
        known = {index for index, _ in cells}
        for _ in range(2 * len(cells) + 1):
            message, _ = self.channel.receive(deadline=deadline)
            if message.get("op") == "ready":
                return
            index = message.get("index")
            if type(index) is not int or index not in known or message.get("op") not in ("cell", "error"):
                raise ProtocolError("a report of a cell that is not there")
            self.current = index
            if message["op"] == "error":
                self.submission.note(f"cell {self.current}: {clean_text(message.get('error'), 200)}")
        raise ProtocolError("more reports than cells")


class Session:
    """Calls of one test.

    Attributes
    ----------
    ended : why no more calls are possible; empty while they are. A test whose session ended has not passed.
    answers : how many requests were answered
    """

    def __init__(self, channel: Channel, seconds: float, starved: Callable[[], bool]) -> None:
        self.channel = channel
        self.seconds = seconds
        self.starved = starved
        self.ended = ""
        self.answers = 0

    def get(self, name: str) -> Any:
        """The value of a name of the notebook, or a stand-in that calls the function there."""
        message, values = self._ask({"op": "get", "name": name}, [])
        kind = message.get("op")
        if kind == "function":
            return Function(name, self)
        if kind == "value" and len(values) == 1:
            return values[0]
        if kind == "missing":
            raise StudentError(f"the notebook does not define {name}")
        self._refuse(f"the value of {name}", message)

    def call(self, name: str, positional: list[Any], named: dict[str, Any]) -> Any:
        """Call a function of the notebook; arrays, lists and dicts that it changes in place are changed here too."""
        request = {"op": "call", "name": name, "errors": np.geterr()}
        message, values = self._ask(request, [positional, named])
        kind = message.get("op")
        if kind == "raised":
            raise _exception(message)
        if kind != "result" or len(values) not in (1, 2):
            self._refuse(f"what {name} returned", message)
        if len(values) == 2:
            _restore([positional, named], values[1])
        _repeat_warnings(message.get("warnings"))
        return values[0]

    def _ask(self, request: dict[str, Any], values: list[Any]) -> tuple[dict[str, Any], list[Any]]:
        if self.ended:
            raise CallEnded(self.ended)
        deadline = Deadline(self.seconds, self.starved)
        try:
            self.channel.send(request, values, deadline=deadline)
            answer = self.channel.receive(deadline=deadline)
        except OutOfTime:
            self.ended = f"{request['name']} gave no answer within {self.seconds:g} s"
        except Disconnected:
            self.ended = f"{request['name']} ended the process"
        except ProtocolError as error:
            self.ended = f"{request['name']} answered with what is not plain data ({error})"
        else:
            self.answers += 1
            return answer
        raise CallEnded(self.ended) from None

    def _refuse(self, what: str, message: dict[str, Any]) -> None:
        if message.get("op") == "not plain":
            given = clean_text(message.get("error"), 200)
            self.ended = f"{what} is {given}; only numbers, strings, lists, tuples, dicts and arrays are taken"
        else:
            self.ended = f"{what} came in a wrong form"
        raise CallEnded(self.ended)


class Function:
    """Stands for a function of the notebook in a test."""

    def __init__(self, name: str, session: Session) -> None:
        self.__name__ = name
        self._session = session

    def __call__(self, *positional: Any, **named: Any) -> Any:
        try:
            return self._session.call(self.__name__, list(positional), named)
        except NotPlainData as error:
            raise TypeError(f"a test can pass only plain data to {self.__name__}, not {error}") from None

    def __repr__(self) -> str:
        return f"<function {self.__name__} of the notebook>"


_EXPECTED = (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, Warning)


def _exception(message: dict[str, Any]) -> Exception:
    """The exception that the student's code is said to have raised."""
    text = clean_text(message.get("error"), 300)
    name = message.get("type")
    kind = getattr(builtins, name, None) if isinstance(name, str) else None
    if not (isinstance(kind, type) and issubclass(kind, _EXPECTED)) or issubclass(kind, UnicodeError):
        return StudentError(text)
    return type(kind.__name__, (StudentError, kind), {})(text)


def _repeat_warnings(said: Any) -> None:
    """Warn here as the student's code did there, for tests that turn warnings into errors."""
    if not isinstance(said, list):
        return
    for pair in said[:20]:
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair):
            kind = getattr(builtins, pair[0], None)
            if isinstance(kind, type) and issubclass(kind, Warning):
                warnings.warn(clean_text(pair[1], 200), kind, stacklevel=4)


def _restore(ours: Any, theirs: Any) -> None:
    """Change `ours` in place into `theirs`, as far as it can be changed."""
    if isinstance(ours, np.ndarray):
        if isinstance(theirs, np.ndarray) and theirs.shape == ours.shape and theirs.dtype == ours.dtype:
            if ours.flags.writeable:
                ours[...] = theirs
        else:
            raise StudentError("the function changed the shape or the type of an array that it was given")
    elif isinstance(ours, tuple) and isinstance(theirs, tuple) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs, strict=True):
            _restore(one, other)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            ours[:] = theirs
        for place, other in enumerate(theirs):
            if isinstance(ours[place], (np.ndarray, list, dict, tuple)) and type(ours[place]) is type(other):
                _restore(ours[place], other)
            else:
                ours[place] = other
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [key for key in ours if key not in theirs]:
            del ours[key]
        for key, other in theirs.items():
            if (
                key in ours
                and isinstance(ours[key], (np.ndarray, list, dict, tuple))
                and type(ours[key]) is type(other)
            ):
                _restore(ours[key], other)
            else:
                ours[key] = other


def notebook_bytes(path: Path) -> bytes:
    """The file's content, but not more than is taken."""
    with open(path, "rb") as file:
        return file.read(MAX_NOTEBOOK + 1)
