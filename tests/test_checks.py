"""The checks that the interactive figures share: what they let through, and what they say to the rest."""

import re

import numpy as np
import pytest

from softmax_lib.interactive import _checks as checks


@pytest.mark.parametrize(
    ("given", "sizes", "bounds"),
    [
        (2, (), {"low": 1, "high": 2}),
        (np.float32(0.5), (), {}),
        ((1, 2, 3), (3,), {"low": 1, "high": 3}),
        ([True, 2.5], ((2, 10),), {}),
        ([[1, 2]] * 7, ((1, None), 2), {"high": 2}),
    ],
)
def test_numbers_come_back_as_floats(given, sizes, bounds):
    found = checks.numbers(given, "scores", *sizes, **bounds)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.asarray(given, dtype=float))


@pytest.mark.parametrize(
    ("sizes", "bounds", "given", "message"),
    [
        ((3,), {}, [1, 2], "scores must be an array of 3 numbers, not of shape (2,); reshape it, add numbers or leave some out"),
        (((2, 4),), {}, [[1, 2]], "scores must be an array of 2 to 4 numbers, not of shape (1, 2); "),
        (((2, 4),), {}, range(5), "scores must be an array of 2 to 4 numbers, not of shape (5,); "),
        (((1, None), 2), {}, np.zeros((0, 2)), "scores must be an array of 1 or more × 2 numbers, not of shape (0, 2); "),
        ((), {}, [1.0], "scores must be one number, not of shape (1,); "),
        ((2,), {}, [[1], [2, 3]], "scores must be an array of 2 numbers, not [[1], [2, 3]]; convert what it holds with float()"),
        ((2,), {}, [0, np.nan], "scores must be finite, but entry [1] is nan; put a number in place of NaN and infinity"),
        ((), {"low": 0, "high": 1}, np.inf, "scores must be finite, but it is inf; "),
        ((1, 2), {"low": -3, "high": 3}, [[3, -4]],
         "scores must lie between -3 and 3, as far as the figure reaches, but entry [0, 1] is -4.0; scale or clip it"),
        ((), {"low": 1e-3, "high": 1e4}, 0, "scores must lie between 0.001 and 10000, as far as the figure reaches, but it is 0.0; "),
    ],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_refused(sizes, bounds, given, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        checks.numbers(given, "scores", *sizes, **bounds)


def test_what_is_no_number_keeps_the_type_of_its_error():
    with pytest.raises(TypeError, match=re.escape("scores must be an array of 2 numbers, not {'a': 1}; ")):
        checks.numbers({"a": 1}, "scores", 2)


@pytest.mark.parametrize("given", [1, 5, 2.5, np.int64(3)])
def test_a_number_comes_back_as_a_float(given):
    found = checks.number(given, "temperature", 1, 5)
    assert type(found) is float
    assert found == given


@pytest.mark.parametrize("given", [0.99, 5.01, np.nan, [2.0]])
def test_a_number_out_of_bounds_is_refused(given):
    with pytest.raises(ValueError, match="temperature must"):
        checks.number(given, "temperature", 1, 5)


def test_texts_come_back_as_strings():
    assert checks.texts(["cat", 2], "names", 2) == ["cat", "2"]
    assert checks.texts((name for name in "abc"), "names", (2, 4)) == ["a", "b", "c"]
    assert checks.texts([], "names", (0, None)) == []


@pytest.mark.parametrize(("size", "wanted"), [(3, "3"), ((1, 1), "1 to 1"), ((3, None), "3 or more")])
def test_too_many_or_too_few_texts_are_refused(size, wanted):
    message = f"names must hold {wanted} names, not 2: ['a', 'b']; add names or leave some out"
    with pytest.raises(ValueError, match=re.escape(message)):
        checks.texts(["a", "b"], "names", size)


def test_every_number_has_one_name():
    values = np.array([2.1, 0.3, -1.0])
    assert checks.one_name_each(None, values) == ["class 0", "class 1", "class 2"]
    assert checks.one_name_each(None, values, "ABCDEFGH") == ["A", "B", "C"]
    assert checks.one_name_each(["cat", "dog", "bird"], values) == ["cat", "dog", "bird"]
    with pytest.raises(ValueError, match="labels must hold 3 names, not 1"):
        checks.one_name_each(["cat"], values)


def test_a_choice_is_one_of_its_options():
    checks.choice("normal", "noise", ("gumbel", "normal"))
    checks.choice(2, "target", range(3))
    checks.choice("float16", "format", {"float16": 20})
    with pytest.raises(ValueError, match=re.escape("noise must be one of 'gumbel', 'normal', not 'cauchy'")):
        checks.choice("cauchy", "noise", ("gumbel", "normal"))


def test_class_indices_count_the_names():
    found = checks.class_indices([0, 2, 1], "targets", 3, 3)
    assert found.dtype.kind == "i"
    assert found.tolist() == [0, 2, 1]
    for given in ([0, 1], [0.0, 1.0, 2.0], [[0], [1], [2]]):
        with pytest.raises(ValueError, match=r"targets must be 3 integers, not .*; give each sample the index"):
            checks.class_indices(given, "targets", 3, 3)
    for given in ([-1, 0, 1], [0, 1, 3]):
        with pytest.raises(ValueError, match="targets must lie in 0 to 2 for 3 classes"):
            checks.class_indices(given, "targets", 3, 3)
