"""Frames: what crosses, and what the reading side refuses."""

import contextlib
import json
import socket
import struct
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coursework.protocol import (
    PATIENCE,
    Channel,
    Deadline,
    Disconnected,
    NotPlainData,
    OutOfTime,
    ProtocolError,
    decode,
    encode,
)

scalars = st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.floats() | st.text(max_size=20)
keys = st.booleans() | st.integers() | st.text(max_size=5) | st.tuples(st.integers(), st.text(max_size=3))
dtypes = hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes()
dtypes = dtypes | hnp.complex_number_dtypes() | hnp.unicode_string_dtypes(min_len=1, max_len=4)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
values = st.recursive(
    scalars | arrays,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def crossed(value):
    chunks = []
    tree = json.loads(json.dumps(encode(value, chunks)))
    return decode(tree, b"".join(chunks))


def same(one, other):
    if isinstance(one, np.ndarray):
        return (
            type(other) is np.ndarray
            and one.dtype == other.dtype
            and one.shape == other.shape
            and (one.tobytes() == other.tobytes())
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return one == other or one != one


@given(values)
def test_plain_data_cross_unchanged(value):
    assert same(value, crossed(value))


@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.5), np.int8(3), np.bool_(True), np.str_("é"), 1 + 2j])
def test_numpy_scalars_keep_their_type(value):
    assert same(value, crossed(value))


def test_arrays_keep_their_order_and_whether_they_can_be_written():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    array.flags.writeable = False
    result = crossed(array)
    assert result.flags.f_contiguous
    assert not result.flags.c_contiguous
    assert not result.flags.writeable
    np.testing.assert_array_equal(result, array)
    assert crossed(np.arange(6)[::-2]).tolist() == [5, 3, 1]


def test_subclasses_become_their_base():
    class Text(str):
        pass

    class Odd(float):
        __eq__ = lambda self, other: True  # noqa: E731
        __hash__ = float.__hash__

    for value, kind in [(Text("a"), str), (Odd(1.5), float), (np.ma.array([1]), np.ndarray), (True, bool)]:
        assert type(crossed(value)) is kind


class Reduces:
    def __reduce__(self):
        return print, ("never",)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Reduces(),
        len,
        {1, 2},
        b"bytes",
        np.array([None]),
        np.array([Reduces()]),
        np.zeros(2, dtype=[("a", "f8")]),
        np.array(["2026-01-01"], dtype="M8[D]"),
        np.array([b"x"]),
        [[object()]],
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_not_sent(value):
    with pytest.raises(NotPlainData):
        encode(value, [])


def test_nesting_has_a_limit():
    value = []
    for _ in range(100):
        value = [value]
    with pytest.raises(NotPlainData, match="inside each other"):
        encode(value, [])
    value = []
    value.append(value)
    with pytest.raises(NotPlainData, match="inside each other"):
        encode(value, [])
    tree = 0
    for _ in range(100):
        tree = {"l": [tree]}
    with pytest.raises(ProtocolError, match="inside each other"):
        decode(tree, b"")


@pytest.mark.parametrize(
    ("tree", "payload"),
    [
        ([], b""),
        ({}, b""),
        ({"l": [], "t": []}, b""),
        ({"o": "object"}, b""),
        ({"l": 3}, b""),
        ({"c": [1.0]}, b""),
        ({"c": ["1", "2"]}, b""),
        ({"d": [[1]]}, b""),
        ({"d": [[{"l": []}, 1]]}, b""),
        ({"d": [[{"t": [{"l": []}]}, 1]]}, b""),
        ({"a": ["|O", [1], "C", True]}, b"x" * 8),
        ({"a": ["<f8", [1], "C"]}, b"x" * 8),
        ({"a": ["<f8", [-1], "C", True]}, b"x" * 8),
        ({"a": ["<f8", [1.0], "C", True]}, b"x" * 8),
        ({"a": ["<f8", [True], "C", True]}, b"x" * 8),
        ({"a": ["<f8", [2], "C", True]}, b"x" * 8),
        ({"a": ["<f8", [1], "K", True]}, b"x" * 8),
        ({"a": ["<f8", [1], "C", 1]}, b"x" * 8),
        ({"a": ["<f8", [1] * 65, "C", True]}, b"x" * 8),
        ({"a": ["<f8", [0, 10**12], "C", True]}, b""),
        ({"a": ["<f8", [2**62, 4], "C", True]}, b""),
        ({"a": ["<U0", [9], "C", True]}, b""),
        ({"a": ["<U1", [1], "C", True]}, b"\xff\xff\xff\xff"),
        ({"a": ["<U1", [1], "C", True]}, b"\x00\xd8\x00\x00"),
        ({"a": ["|b1", [1], "C", True]}, b"\x02"),
        ({"a": ["|V8", [1], "C", True]}, b"x" * 8),
        ({"a": [["<f8"], [1], "C", True]}, b"x" * 8),
        ({"s": "|O"}, b"x" * 8),
        ({"s": ["<f8"]}, b"x" * 8),
        ("x", b"left over"),
        ("\ud800", b""),
        ("x" * (2 << 20), b""),
        (1 << 5000, b""),
        ({"l": [0] * 300_000}, b""),
    ],
    ids=range(34),
)
def test_malformed_values_are_refused(tree, payload):
    with pytest.raises(ProtocolError):
        decode(tree, payload)


@given(
    st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["a", "s", "l", "t", "d", "c", "x"]), inner, max_size=2)
        ),
        max_leaves=12,
    ),
    st.binary(max_size=40),
)
def test_no_reply_raises_anything_else(tree, payload):
    try:
        value = decode(tree, payload)
    except ProtocolError:
        return
    encode(value, [])


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def test_channel_carries_a_message_and_values(pair):
    ours, theirs = pair
    Channel(theirs).send({"op": "call"}, [np.arange(3), {"a": 1}])
    message, (array, mapping) = ours.receive(deadline=Deadline(5))
    assert message == {"op": "call"}
    assert array.tolist() == [0, 1, 2]
    assert mapping == {"a": 1}


@pytest.mark.parametrize(
    ("header", "lengths"),
    [
        (b"not json", None),
        (b"[]", None),
        (b"{}", None),
        (b'{"values": 1}', None),
        (b'{"values": {"t": []}}', None),
        (b"\xff\xfe", None),
        (b"[" * 200_000, None),
        (b'{"values": ' + b"9" * 5000 + b"}", None),
        (b"", (1 << 31, 0)),
        (b"", (0, 1 << 31)),
    ],
)
def test_channel_refuses_frames_that_no_worker_sends(pair, header, lengths):
    ours, theirs = pair
    data = struct.pack("<II", *(lengths or (len(header), 0))) + header

    def send():  # in a thread: it is more than a socket may hold
        with contextlib.suppress(OSError):
            theirs.sendall(data)

    threading.Thread(target=send, daemon=True).start()
    with pytest.raises(ProtocolError):
        ours.receive(deadline=Deadline(5))


def test_channel_does_not_wait_for_ever(pair):
    ours, theirs = pair
    theirs.sendall(b"\x08\0")
    with pytest.raises(OutOfTime):
        ours.receive(deadline=Deadline(0.01))
    with pytest.raises(OutOfTime, match="does not read"):
        ours.send({"text": "x" * 10**7}, deadline=Deadline(0.01))
    theirs.close()
    with pytest.raises(Disconnected):
        ours.receive()


def test_starved_process_gets_more_time_but_not_for_ever(monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    starved = True
    deadline = Deadline(10, lambda: starved)
    assert deadline.left() == 10
    now = 11.0
    assert deadline.left() == 5
    now = 10.0 * PATIENCE
    assert deadline.left() <= 0
    deadline, starved = Deadline(10, lambda: starved), False
    now += 10
    assert deadline.left() <= 0
