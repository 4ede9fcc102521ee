"""Messages between the grader and a student's process: plain data only, and nothing that is believed unseen.

A frame is two lengths, a JSON header and raw bytes of arrays. There is no pickle, no zip and no parser of types in it:
a reply can hold numbers, strings, ``None``, tuples, lists, dicts and NumPy arrays of numbers, booleans or strings, and
decodes to exactly these built-in types and `numpy.ndarray`. Everything else, every excess of size, depth or count, and
everything malformed raises `ProtocolError` in the process that reads, which is why a grader can read what a hostile
process wrote.

The same file runs on both sides. Only the reading side matters to safety: the student's side may write what it likes.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

__all__ = ["Channel", "Deadline", "Disconnected", "NotPlainData", "OutOfTime", "ProtocolError", "decode", "encode"]

MAX_HEADER = 8 << 20  # bytes of JSON
MAX_PAYLOAD = 128 << 20  # bytes of arrays that a student's process may send
MAX_DEPTH = 20  # lists in lists
MAX_ITEMS = 250_000  # values in lists and dicts, all together
MAX_TEXT = 1 << 20  # characters of one string
MAX_INT_BITS = 4096
PATIENCE = 5
MAX_ELEMENTS = 1 << 27  # of an array, axes of length zero not counted: (0, 10**12) costs nothing to send, its sum does

_LENGTHS = struct.Struct("<II")
_NUMBERS = {
    f"{order}{kind}"
    for order in "<>"
    for kind in (["i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32"])
}
_NUMBERS |= {"|b1", "|i1", "|u1"}
_TEXT = re.compile(r"[<>]U([1-9][0-9]{0,5})")
_SCALARS = (bool, int, float, str, type(None))


class ProtocolError(Exception):
    """The other side sent something that no honest process sends."""


class Disconnected(ProtocolError):
    """The other side is gone."""


class OutOfTime(ProtocolError):
    """The other side did not answer in time."""


class NotPlainData(TypeError):
    """A value that cannot cross: not a number, string, None, list, tuple, dict or array of these."""


def encode(value: Any, chunks: list[bytes | memoryview]) -> Any:
    """The JSON form of `value`; the bytes of its arrays are appended to `chunks`.

    Subclasses become their base: what arrives is a plain tuple, list, dict, number or array. Tensors are arrays.

    Raises
    ------
    NotPlainData
        For anything else, objects in arrays included.
    """
    return _encode(value, chunks, MAX_DEPTH)


def _encode(value: Any, chunks: list[bytes | memoryview], depth: int) -> Any:
    if isinstance(value, np.ndarray):
        return {"a": _array(value, chunks)}
    if isinstance(value, np.generic):
        return {"s": _array(np.asarray(value), chunks)[0]}
    if value is None or isinstance(value, (bool, str)):
        return value if value is None or isinstance(value, bool) else str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, complex):
        return {"c": [value.real, value.imag]}
    if depth < 0:
        raise NotPlainData(f"more than {MAX_DEPTH} lists inside each other")
    if isinstance(value, (tuple, list)):
        return {"t" if isinstance(value, tuple) else "l": [_encode(item, chunks, depth - 1) for item in value]}
    if isinstance(value, Mapping):
        items = [[_encode(key, chunks, 1), _encode(item, chunks, depth - 1)] for key, item in value.items()]
        return {"d": items}
    if hasattr(value, "__array__") and not isinstance(value, type):
        return {"a": _array(np.asarray(value), chunks)}
    raise NotPlainData(f"a value of type {type(value).__name__}")


def _array(array: np.ndarray, chunks: list[bytes | memoryview]) -> list[Any]:
    array = np.asarray(array)
    if not _allowed(array.dtype.str):
        raise NotPlainData(f"an array of dtype {array.dtype}")
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    chunks.append(array.tobytes(order))
    return [array.dtype.str, list(array.shape), order, bool(array.flags.writeable)]


def _allowed(dtype: Any) -> bool:
    return isinstance(dtype, str) and (dtype in _NUMBERS or _TEXT.fullmatch(dtype) is not None)


def decode(tree: Any, payload: memoryview | bytes) -> Any:
    """The value of a JSON form made by `encode`; `ProtocolError` for everything that `encode` cannot have made."""
    reader = _Reader(payload)
    value = reader.value(tree, MAX_DEPTH)
    reader.finish()
    return value


class _Reader:
    def __init__(self, payload: memoryview | bytes) -> None:
        self.payload = memoryview(payload)
        self.position = 0
        self.items = 0

    def value(self, tree: Any, depth: int) -> Any:
        if isinstance(tree, _SCALARS):
            return _scalar(tree)
        if depth < 0:
            raise ProtocolError(f"more than {MAX_DEPTH} lists inside each other")
        if not isinstance(tree, dict) or len(tree) != 1:
            raise ProtocolError("a value is neither a scalar nor a tagged one")
        ((tag, content),) = tree.items()
        if not isinstance(content, (str if tag == "s" else list)):
            raise ProtocolError(f"the content of tag {tag!r:.20} has a wrong type")
        if tag == "a":
            return self.array(content)
        if tag == "s":
            return self.array([content, [], "C", True])[()]
        if tag == "c":
            if [type(part) for part in content] != [float, float]:
                raise ProtocolError("a complex number is not two floats")
            return complex(*content)
        if tag in ("t", "l"):
            self.count(len(content))
            items = [self.value(item, depth - 1) for item in content]
            return tuple(items) if tag == "t" else items
        if tag == "d":
            return self.mapping(content, depth)
        raise ProtocolError(f"unknown tag {tag!r:.20}")

    def mapping(self, content: list[Any], depth: int) -> dict[Any, Any]:
        self.count(2 * len(content))
        result = {}
        for pair in content:
            if not isinstance(pair, list) or len(pair) != 2:
                raise ProtocolError("an entry of a dict is not a pair")
            key = self.value(pair[0], 1)
            if not isinstance(key, (*_SCALARS, tuple, np.generic)):
                raise ProtocolError("a key of a dict is neither a scalar nor a tuple")
            try:
                result[key] = self.value(pair[1], depth - 1)
            except TypeError:
                raise ProtocolError("a key of a dict cannot be hashed") from None
        return result

    def array(self, content: list[Any]) -> np.ndarray:
        if len(content) != 4:
            raise ProtocolError("an array is not described by dtype, shape, order and a flag")
        dtype, shape, order, writeable = content
        if not _allowed(dtype) or order not in ("C", "F") or not isinstance(writeable, bool):
            raise ProtocolError(f"no array of dtype {dtype!r:.40} is taken")
        if not isinstance(shape, list) or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
            raise ProtocolError("the shape of an array is malformed")
        if prod(n for n in shape if n) > MAX_ELEMENTS:
            raise ProtocolError("an array has too many elements")
        try:
            kind = np.dtype(dtype)
        except TypeError:
            raise ProtocolError(f"this machine has no numbers of dtype {dtype}") from None
        size = prod(shape) * kind.itemsize
        if size > len(self.payload) - self.position:
            raise ProtocolError("an array is longer than what was sent")
        raw = self.payload[self.position : self.position + size]
        self.position += size
        try:
            array = np.frombuffer(bytearray(raw), dtype=kind).reshape(shape, order=order)
        except ValueError as error:
            raise ProtocolError(f"an array is malformed: {error}") from None
        if kind.kind == "U":
            points = np.frombuffer(raw, f"{dtype[0]}u4")
            if ((points > 0x10FFFF) | ((points >= 0xD800) & (points <= 0xDFFF))).any():
                raise ProtocolError("text in an array is not Unicode")
        if kind.kind == "b" and (np.frombuffer(raw, np.uint8) > 1).any():
            raise ProtocolError("a boolean array holds something that is neither true nor false")
        array.flags.writeable = writeable
        return array

    def count(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise ProtocolError(f"more than {MAX_ITEMS} values in lists and dicts")

    def finish(self) -> None:
        if self.position != len(self.payload):
            raise ProtocolError("bytes are left over")


def _scalar(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ProtocolError("a string is too long")
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ProtocolError("a string is not Unicode")
    if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
        raise ProtocolError("a whole number is too large")
    return value


class Deadline:
    """When an answer is too late.

    Parameters
    ----------
    seconds : wall clock from now
    starved : tells, when the time is over, whether the other side could not run because the machine is busy; as long
        as it could not, it gets more time, up to `PATIENCE` times as much
    """

    def __init__(self, seconds: float, starved: Callable[[], bool] | None = None) -> None:
        now = time.monotonic()
        self._end = now + seconds
        self._last = now + PATIENCE * seconds
        self._step = seconds / 2
        self._starved = starved

    def left(self) -> float:
        """Seconds that are left; zero or less when the time is over."""
        now = time.monotonic()
        if now >= self._end and self._starved is not None and now < self._last and self._starved():
            self._end = min(time.monotonic() + self._step, self._last)
        return self._end - time.monotonic()


class Channel:
    """A stream socket that carries frames: a message (a small dict of JSON) with a list of values.

    Parameters
    ----------
    sock : a connected stream socket; the channel owns it from now on
    limit : how many bytes of arrays a frame may bring
    """

    def __init__(self, sock: socket.socket, limit: int = MAX_PAYLOAD) -> None:
        self.socket = sock
        self.limit = limit

    def send(self, message: dict[str, Any], values: Any = (), *, deadline: Deadline | None = None) -> None:
        """Send a frame."""
        chunks: list[bytes | memoryview] = []
        tree = encode(list(values), chunks)
        header = json.dumps({**message, "values": tree}).encode()
        payload = b"".join(chunks)
        self.socket.settimeout(None if deadline is None else max(deadline.left(), 0.001))
        try:
            self.socket.sendall(_LENGTHS.pack(len(header), len(payload)) + header + payload)
        except TimeoutError:
            raise OutOfTime("the student's process does not read") from None
        except OSError as error:
            raise Disconnected(str(error)) from None

    def receive(self, *, deadline: Deadline | None = None) -> tuple[dict[str, Any], list[Any]]:
        """The next frame: its message and its values.

        Raises
        ------
        OutOfTime, Disconnected, ProtocolError
        """
        header_size, payload_size = _LENGTHS.unpack(self._read(_LENGTHS.size, deadline))
        if header_size > MAX_HEADER or payload_size > self.limit:
            raise ProtocolError(f"a frame of {header_size} + {payload_size} bytes is too large")
        header = self._read(header_size, deadline)
        payload = self._read(payload_size, deadline)
        try:
            message = json.loads(header.decode())
        except (ValueError, RecursionError, MemoryError) as error:
            raise ProtocolError(f"a header is not JSON ({type(error).__name__})") from None
        if not isinstance(message, dict) or "values" not in message:
            raise ProtocolError("a header is not a message")
        values = decode(message.pop("values"), payload)
        if not isinstance(values, list):
            raise ProtocolError("the values of a message are not a list")
        return message, values

    def _read(self, size: int, deadline: Deadline | None) -> bytearray:
        data = bytearray()
        while len(data) < size:
            left = None if deadline is None else deadline.left()
            if left is not None and left <= 0:
                raise OutOfTime("no answer in time")
            self.socket.settimeout(left)
            try:
                chunk = self.socket.recv(min(size - len(data), 1 << 20))
            except TimeoutError:
                continue
            except OSError as error:
                raise Disconnected(str(error)) from None
            if not chunk:
                raise Disconnected("the process is gone")
            data += chunk
        return data

    def send_sockets(self, *sockets: socket.socket) -> None:
        """Hand over open sockets (Unix only)."""
        try:
            socket.send_fds(self.socket, [b"s"], [one.fileno() for one in sockets])
        except OSError as error:
            raise Disconnected(str(error)) from None

    def receive_sockets(self, count: int) -> list[socket.socket]:
        _, descriptors, _, _ = socket.recv_fds(self.socket, 1, count)
        if len(descriptors) != count:
            raise Disconnected("the grader is gone")
        return [socket.socket(fileno=descriptor) for descriptor in descriptors]

    def close(self) -> None:
        self.socket.close()
