"""softmax, log_softmax, logsumexp and their relatives: accuracy, edges, layouts, properties."""

import warnings

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from softmax_reference import (
    exact_log_softmax,
    exact_logsumexp,
    exact_softmax,
    plain_softmax,
    relative_error,
    ulps,
)

import softmax_lib as sl

FUNCTIONS = [sl.softmax, sl.log_softmax, sl.logsumexp]
MAPS = [sl.softmax, sl.log_softmax]
LENGTHS = [1, 2, 3, 10, 63, 64, 65, 300]


@pytest.fixture(autouse=True)
def _floating_point_flags_are_errors():
    """Nothing here may overflow, divide by zero or be invalid, let alone warn. (The tests themselves may underflow.)"""
    with np.errstate(over="raise", divide="raise", invalid="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def adversarial_rows(length, dtype, rng):
    """Rows that are unkind: spread, off center, near the limits of exp, with a far maximum."""
    info = np.finfo(dtype)
    reach = float(np.floor(min(700.0, -(info.minexp * np.log(2)))))
    rows = [
        rng.normal(size=length),
        10 * rng.normal(size=length),
        rng.uniform(-reach, 0, size=length),
        rng.uniform(-reach / 2, reach / 2, size=length),
        reach / 2 + rng.normal(size=length),
        -reach + rng.normal(size=length),
        30 * rng.normal(size=length) + (1000 if info.bits > 16 else 100) * rng.normal(),
        rng.choice([-reach / 2, 0, reach / 2], size=length) + rng.normal(size=length),
        np.zeros(length),
    ]
    return np.array(rows).astype(dtype)


# --- accuracy ---------------------------------------------------------------------------------------------------------


@pytest.mark.claim(
    "Chapter 3: for any number of scores, in every format, the error of `softmax_lib` is at most 5 ulp, whatever their range"
)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    ("dtype", "short", "long"), [(np.float64, 5, 5), (np.float32, 0.51, 5), (np.float16, 0.51, 0.51)]
)
def test_softmax_is_accurate(length, dtype, short, long):
    rng = np.random.default_rng(length)
    for row in adversarial_rows(length, dtype, rng):
        assert ulps(sl.softmax(row), exact_softmax(row)) <= (short if length < 64 else long)


def test_softmax_is_accurate_down_a_long_column():
    x = np.random.default_rng(0).normal(size=(100_000, 2)) * [10, 1]
    p, column = sl.softmax(x, axis=0)[:, 0], x[:, 0].tolist()
    total = mpmath.fsum(mpmath.exp(mpmath.mpf(v)) for v in column)
    sample = range(0, 100_000, 500)
    assert ulps(p[::500], [mpmath.exp(mpmath.mpf(column[i])) / total for i in sample]) <= 5


def test_softmax_is_accurate_in_rows_longer_than_a_block():
    x = np.concatenate([np.random.default_rng(0).normal(size=70_000), [30.0]])
    top = mpmath.mpf(30)
    total = mpmath.fsum(mpmath.exp(mpmath.mpf(v) - top) for v in x.tolist())
    p, log_p, lse = sl.softmax(x), sl.log_softmax(x), sl.logsumexp(x)
    assert ulps(p[-1:], [1 / total]) <= 5
    assert ulps(log_p[-1:], [-mpmath.log1p(total - 1)]) <= 5
    assert ulps(lse, [top + mpmath.log(total)]) <= 2
    shifted = np.concatenate([np.full(70_000, -5000.0), [-4000.0]])  # needs a shift in every piece
    assert sl.softmax(shifted)[-1] == 1
    assert sl.logsumexp(shifted) == -4000


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    ("dtype", "short", "long"), [(np.float64, 3, 3), (np.float32, 0.501, 3), (np.float16, 0.51, 2)]
)
def test_log_softmax_is_accurate(length, dtype, short, long):
    rng = np.random.default_rng(length)
    for row in adversarial_rows(length, dtype, rng):
        exact = exact_log_softmax(row)
        assert ulps(sl.log_softmax(row), exact) <= (short if length < 64 else long)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_logsumexp_is_accurate(length, dtype):
    # Relative to max(|x|): near lse = 0 the sum of the two parts cancels, and no summation can help that.
    rng = np.random.default_rng(length)
    for row in adversarial_rows(length, dtype, rng):
        exact = exact_logsumexp(row)
        scale = max(abs(exact), mpmath.mpf(float(row.max())), mpmath.mpf(-float(row.max())))
        error = abs(mpmath.mpf(float(sl.logsumexp(row))) - exact) / (scale + mpmath.mpf(10) ** -300)
        assert error <= 2 * np.finfo(dtype).eps


@pytest.mark.claim("Chapter 3: log-softmax of a confident row keeps its digits at every gap")
@pytest.mark.parametrize("gap", [1, 10, 30, 36.5, 38, 50, 100, 300, 500, 699.5, 700])
@pytest.mark.parametrize("others", [1, 9, 200])
def test_log_softmax_of_a_confident_row_keeps_its_digits(gap, others):
    rng = np.random.default_rng(int(gap))
    row = np.concatenate([[gap], -rng.random(others) * 1e-3])
    for shift in (0.0, -gap, 3.0):
        moved = row + shift
        assert relative_error(sl.log_softmax(moved)[:1], exact_log_softmax(moved)[:1]) <= 1e-13
        single = moved.astype(np.float32)
        exact = exact_log_softmax(single)
        # The nearest float32 is 0 below half the smallest subnormal number.
        assert ulps(sl.log_softmax(single)[:1], exact[:1]) <= 0.501


def test_no_flag_is_raised_even_where_underflow_is_an_error():
    x = np.array([[0.0, -800.0], [1e308, -1e308], [-np.inf, 1.0]])
    with np.errstate(all="raise"):
        for function in MAPS:
            function(x)
            function(x.astype(np.longdouble))
        assert np.isfinite(sl.logsumexp(x))
        assert np.isfinite(sl.online_logsumexp([x[0], [1e4]]).value)


# --- the edge table of the design -------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [3, 80])
def test_minus_infinity_acts_as_if_it_were_absent(length):
    x = np.random.default_rng(0).normal(size=length)
    with_hole = np.insert(x, 1, -np.inf)
    p, log_p = sl.softmax(with_hole), sl.log_softmax(with_hole)
    assert p[1] == 0
    assert log_p[1] == -np.inf
    np.testing.assert_allclose(np.delete(p, 1), sl.softmax(x), rtol=1e-15)
    np.testing.assert_allclose(np.delete(log_p, 1), sl.log_softmax(x), rtol=1e-15)
    np.testing.assert_allclose(sl.logsumexp(with_hole), sl.logsumexp(x), rtol=1e-15)


@pytest.mark.parametrize("length", [2, 5, 80, 70_000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_a_row_that_means_nothing_is_nan_alone(length, dtype):
    x = np.zeros((6, length), dtype)
    x[1] = -np.inf
    x[2, 1] = np.inf
    x[3, 0] = np.nan
    x[4, :2] = np.inf, np.nan
    for function in MAPS:
        result = function(x)
        assert np.isnan(result[1:5]).all()
        np.testing.assert_array_equal(result[[0, 5]], function(x[[0, 5]]))
        assert np.isfinite(result[[0, 5]]).all()
    np.testing.assert_array_equal(sl.logsumexp(x, axis=1)[1:5], [-np.inf, np.inf, np.nan, np.nan])


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3), (2, 0, 3)])
def test_empty_arrays(shape):
    for function in MAPS:
        assert function(np.zeros(shape, np.float32)).shape == shape
        assert function(np.zeros(shape, np.float32)).dtype == np.float32
    assert sl.logsumexp(np.zeros(shape)) == -np.inf
    along_last = sl.logsumexp(np.zeros(shape), axis=-1)
    assert along_last.shape == shape[:-1]
    assert (along_last == -np.inf).all()
    assert sl.logsumexp(np.zeros(shape), keepdims=True).shape == (1,) * len(shape)


@pytest.mark.parametrize("axis", [-1, 0, None, ()])
def test_scalars(axis):
    assert sl.softmax(5.0, axis=axis) == 1
    assert sl.log_softmax(5.0, axis=axis) == 0
    assert sl.logsumexp(5.0, axis=axis) == 5
    assert isinstance(sl.softmax(np.float32(5)), np.float32)
    assert np.isnan(sl.softmax(np.inf, axis=axis))


def test_integers_do_not_wrap_around():
    np.testing.assert_array_equal(sl.softmax(np.array([0, 200], np.uint8)), sl.softmax([0.0, 200.0]))
    extremes = np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max])
    np.testing.assert_array_equal(sl.softmax(extremes), [0, 1])
    np.testing.assert_array_equal(sl.log_softmax(extremes), [-(2.0**64), 0])
    np.testing.assert_array_equal(sl.softmax([True, False]), sl.softmax([1.0, 0.0]))
    assert all(f(np.array([1, 2])).dtype == np.float64 for f in FUNCTIONS)


def test_long_float16():
    zeros = np.zeros(100_000, np.float16)
    assert (sl.softmax(zeros) == np.float16(1e-5)).all()
    assert sl.logsumexp(zeros) == np.float16(np.log(100_000))
    assert (sl.log_softmax(zeros) == np.float16(-np.log(100_000))).all()


def test_numbers_at_the_end_of_the_range():
    np.testing.assert_array_equal(sl.softmax([1.7e308, -1.7e308]), [1, 0])
    np.testing.assert_array_equal(sl.softmax([1e308, 1e308]), [0.5, 0.5])
    np.testing.assert_array_equal(sl.log_softmax([1.7e308, -1.7e308]), [0, -np.inf])
    assert sl.logsumexp([1e308, 1e308]) == 1e308
    np.testing.assert_array_equal(sl.softmax([5e-324, 0.0]), [0.5, 0.5])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_masked_arrays_are_refused(function):
    with pytest.raises(TypeError, match=r"masked array.*pass x\.data, and where=~mask"):
        function(np.ma.array([1.0, 2.0], mask=[True, False]))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1 + 2j], r"got dtype complex128; take its \.real part"),
        (["a", "b"], "got dtype <U1"),
        ([1.0, None], r"got dtype object; convert it with np\.asarray"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "must hold real numbers"),
    ],
)
def test_what_is_not_real_is_refused(function, x, message):
    with pytest.raises(TypeError, match=message):
        function(x)


def layouts(x):
    """The same numbers in memory in different ways."""
    frozen = x.copy()
    frozen.flags.writeable = False
    wide = np.zeros((*x.shape, 2))
    wide[..., 0] = x
    return {
        "read-only": frozen,
        "reversed": x[::-1, ::-1].copy()[::-1, ::-1],
        "Fortran": np.asfortranarray(x),
        "big-endian": x.astype(x.dtype.newbyteorder(">")),
        "strided": wide[..., 0],
        "list": x.tolist(),
    }


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("axis", [0, 1, None])
@pytest.mark.parametrize("shape", [(5, 7), (80, 90)])
def test_the_layout_in_memory_does_not_matter(function, axis, shape):
    x = np.random.default_rng(0).normal(size=shape) * 3
    expected = function(x, axis=axis)
    for name, same in layouts(x).items():
        before = np.array(same, copy=True)
        result = function(same, axis=axis)
        np.testing.assert_array_equal(result, expected, err_msg=name)
        assert result.dtype == np.float64
        assert result.dtype.isnative
        np.testing.assert_array_equal(np.asarray(same), before, err_msg=f"{name} was changed")


@pytest.mark.claim("Chapter 3: a row gives the same bits alone and inside a batch")
@pytest.mark.parametrize("length", [1, 2, 3, 7, 10, 31, 63, 64, 65, 500])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_a_row_alone_and_in_a_batch_gives_the_same_bits(length, dtype):
    rng = np.random.default_rng(length)
    x = np.concatenate([adversarial_rows(length, dtype, rng) for _ in range(3)])
    x[5, 0] = np.nan
    for function in MAPS:
        together = function(x)
        for size in (1, 2, 3, 5):
            parts = [function(x[i : i + size]) for i in range(0, len(x), size)]
            np.testing.assert_array_equal(np.concatenate(parts), together)
        np.testing.assert_array_equal(function(x.T, axis=0).T, together)
    alone = np.array([sl.logsumexp(row) for row in x])
    np.testing.assert_array_equal(alone, sl.logsumexp(x, axis=1))


def test_blocks_leave_no_seams():
    for length in (3, 700):  # several blocks each, the last one a remainder
        x = np.random.default_rng(0).normal(size=(200_001 // length, length))
        for function in MAPS:
            whole = function(x)
            np.testing.assert_array_equal(whole[-5:], function(x[-5:]))
            np.testing.assert_array_equal(whole[:5], function(x[:5]))
        np.testing.assert_array_equal(sl.logsumexp(x, axis=1)[-5:], sl.logsumexp(x[-5:], axis=1))


# --- dtypes, axes, where, out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("length", [4, 100])
def test_floating_dtypes_are_kept(dtype, length):
    x = np.linspace(-1, 1, length).astype(dtype)
    for function in FUNCTIONS:
        assert function(x).dtype == dtype
        np.testing.assert_allclose(
            function(x), function(x.astype(np.float64)), rtol=2 * float(np.finfo(dtype).eps) + 1e-15
        )


@pytest.mark.parametrize("length", [4, 100])
def test_bfloat16_is_kept(length):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = np.linspace(-1, 1, length).astype(ml_dtypes.bfloat16)
    for function in FUNCTIONS:
        result = function(x)
        assert result.dtype == ml_dtypes.bfloat16
        expected = function(x.astype(np.float64))
        np.testing.assert_allclose(np.asarray(result, np.float64), expected, rtol=2**-8)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, None, (0, 1), (0, 2), (2, 0), (-1, 1), (0, 1, 2)])
@pytest.mark.parametrize("shape", [(2, 3, 4), (70, 3, 2), (3, 70, 2)])
def test_axes_agree_with_scipy(axis, shape):
    x = np.random.default_rng(0).normal(size=shape) * 3
    np.testing.assert_allclose(sl.softmax(x, axis), scipy.special.softmax(x, axis), rtol=1e-14)
    np.testing.assert_allclose(sl.log_softmax(x, axis), scipy.special.log_softmax(x, axis), rtol=1e-13, atol=1e-15)
    for keepdims in (False, True):
        ours, theirs = (f(x, axis, keepdims=keepdims) for f in (sl.logsumexp, scipy.special.logsumexp))
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
        assert np.shape(ours) == np.shape(theirs)


def test_bad_axes():
    for function in FUNCTIONS:
        with pytest.raises(np.exceptions.AxisError):
            function([[1.0]], axis=2)
        with pytest.raises(ValueError, match="axis names an axis twice"):
            function([[1.0]], axis=(0, -2))
        with pytest.raises(TypeError):
            function([[1.0]], axis="rows")


@pytest.mark.parametrize("shape", [(4, 6), (4, 90)])
def test_where_takes_part_as_if_the_rest_were_absent(shape):
    rng = np.random.default_rng(0)
    x, mask = rng.normal(size=shape), rng.random(shape) < 0.5
    x[~mask] = rng.choice([np.nan, np.inf, 1e300], size=(~mask).sum())  # excluded entries may hold anything
    p, log_p, lse = (f(x, axis=1, where=mask) for f in FUNCTIONS)
    for i in range(len(x)):
        kept = x[i, mask[i]]
        np.testing.assert_allclose(p[i, mask[i]], sl.softmax(kept), rtol=1e-14)
        np.testing.assert_allclose(log_p[i, mask[i]], sl.log_softmax(kept), rtol=1e-14)
        np.testing.assert_allclose(lse[i], sl.logsumexp(kept), rtol=1e-14)
    assert (p[~mask] == 0).all()
    assert (log_p[~mask] == -np.inf).all()


def test_where_that_leaves_nothing():
    nothing = [False, False]
    np.testing.assert_array_equal(sl.softmax([1.0, 2.0], where=nothing), [0, 0])
    np.testing.assert_array_equal(sl.log_softmax([1.0, 2.0], where=nothing), [-np.inf, -np.inf])
    assert sl.logsumexp([1.0, 2.0], where=nothing) == -np.inf
    assert sl.softmax(1.0, where=False) == 0
    np.testing.assert_array_equal(sl.softmax([[1.0, 1.0], [2.0, 3.0]], where=[True, False]), [[1, 0], [1, 0]])
    np.testing.assert_array_equal(np.isnan(sl.softmax([-np.inf, 1.0], where=[True, False])), [True, False])


def test_bad_where():
    for function in FUNCTIONS:
        with pytest.raises(TypeError, match=r"where must be boolean.*int64"):
            function([1.0, 2.0], where=np.array([1, 0]))
        with pytest.raises(ValueError, match=r"where of shape \(3,\) does not broadcast to the shape \(2,\)"):
            function([1.0, 2.0], where=[True, False, True])


@pytest.mark.parametrize("function", MAPS)
@pytest.mark.parametrize("axis", [0, 1, 2, None])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_out(function, axis, dtype):
    x = (np.random.default_rng(0).normal(size=(3, 70, 2)) * 3).astype(dtype)
    expected = function(x, axis=axis)
    for out in (np.empty_like(x), np.empty((2, 70, 3), dtype).T, np.empty((3, 70, 4), dtype)[..., ::2]):
        assert function(x, axis=axis, out=out) is out
        np.testing.assert_array_equal(out, expected)
    in_place = x.copy()
    function(in_place, axis=axis, out=in_place)
    np.testing.assert_array_equal(in_place, expected)


@pytest.mark.parametrize("function", MAPS)
def test_out_may_overlap_with_x(function):
    memory = np.random.default_rng(0).normal(size=(300, 700))
    expected = function(memory[1:])
    function(memory[1:], out=memory[:-1])
    np.testing.assert_array_equal(memory[:-1], expected)
    scalar = np.array(3.0)
    assert function(scalar, out=scalar) is scalar


def test_bad_out():
    for function in MAPS:
        with pytest.raises(TypeError, match="out must be an array of the result's dtype float64, got dtype float32"):
            function([1.0], out=np.empty(1, np.float32))
        with pytest.raises(TypeError, match="got a list"):
            function([1.0], out=[0.0])
        with pytest.raises(ValueError, match=r"out must have the shape \(1,\) of x, got \(2,\)"):
            function([1.0], out=np.empty(2))


# --- properties -------------------------------------------------------------------------------------------------------

logits = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=70),
    elements=st.floats(-1e3, 1e3),
)


@pytest.mark.claim("Chapter 1: softmax gives probabilities in the order of the scores")
@settings(deadline=None, max_examples=60)
@given(logits)
def test_softmax_is_a_distribution_in_the_order_of_the_scores(z):
    p = sl.softmax(z)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-15 * (4 + z.shape[-1]))
    order = np.argsort(z, axis=-1)
    assert (np.diff(np.take_along_axis(p, order, -1), axis=-1) >= 0).all()


@pytest.mark.claim("Chapter 3: softmax does not change when a constant is added to all scores", theorem="thm-03-fibers")
@settings(deadline=None, max_examples=60)
@given(logits, st.floats(-1e3, 1e3))
def test_only_differences_of_scores_count(z, constant):
    rounding = 1e-15 * (2e3 + 1)  # of z + constant: an ulp of 2000
    np.testing.assert_allclose(sl.softmax(z + constant), sl.softmax(z), rtol=2 * rounding, atol=1e-300)
    np.testing.assert_allclose(sl.logsumexp(z + constant, -1), sl.logsumexp(z, -1) + constant, atol=4 * rounding)


@pytest.mark.claim("Chapter 3: softmax of a permutation is the permutation of softmax", theorem="thm-03-order")
@settings(deadline=None, max_examples=40)
@given(logits, st.randoms())
def test_softmax_commutes_with_permutations(z, random):
    order = list(range(z.shape[-1]))
    random.shuffle(order)
    np.testing.assert_allclose(sl.softmax(z[..., order]), sl.softmax(z)[..., order], rtol=1e-14, atol=1e-300)


@pytest.mark.claim(r"Chapter 9: $\max z\le\operatorname{lse}(z)\le\max z+\log K$", theorem="thm-09-bounds")
@settings(deadline=None, max_examples=60)
@given(logits)
def test_logsumexp_is_a_soft_maximum(z):
    top, lse = z.max(-1), sl.logsumexp(z, -1)
    assert (lse >= top).all()
    assert (lse <= top + np.log(z.shape[-1]) + 1e-12).all()


@pytest.mark.claim("Chapter 2: log-sum-exp is convex", theorem="thm-02-lse")
@settings(deadline=None, max_examples=60)
@given(hnp.arrays(np.float64, (2, 6), elements=st.floats(-50, 50)), st.floats(0, 1))
def test_logsumexp_is_convex(pair, t):
    a, b = pair
    assert sl.logsumexp(t * a + (1 - t) * b) <= t * sl.logsumexp(a) + (1 - t) * sl.logsumexp(b) + 1e-12


@settings(deadline=None, max_examples=60)
@given(logits)
def test_the_three_functions_agree(z):
    log_p = sl.log_softmax(z)
    assert (log_p <= 0).all()
    np.testing.assert_allclose(np.exp(log_p), sl.softmax(z), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(log_p, z - sl.logsumexp(z, -1, keepdims=True), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(sl.softmax(z), plain_softmax(z), rtol=1e-12, atol=1e-300)


@pytest.mark.claim(
    "Chapter 3: with two classes softmax is the logistic sigmoid of the difference", theorem="thm-03-sigmoid"
)
@given(st.floats(-700, 700))
def test_two_classes_are_the_sigmoid(difference):
    np.testing.assert_allclose(sl.softmax([difference, 0.0])[0], scipy.special.expit(difference), rtol=1e-15)


# --- derivatives ------------------------------------------------------------------------------------------------------


def test_jacobian_against_central_differences():
    z, step = np.random.default_rng(0).normal(size=(3, 5)), 1e-6
    jacobian = sl.softmax_jacobian(sl.softmax(z))
    for j in range(5):
        direction = step * np.eye(5)[j]
        slope = (sl.softmax(z + direction) - sl.softmax(z - direction)) / (2 * step)
        np.testing.assert_allclose(jacobian[..., j], slope, atol=1e-9)


@pytest.mark.claim(
    "Chapter 3: the Jacobian is symmetric and positive semidefinite, and the vector of ones is in its null space",
    theorem="thm-03-structure",
)
@pytest.mark.claim("Chapter 3: no eigenvalue of the Jacobian is above ½", theorem="thm-03-half")
@settings(deadline=None, max_examples=60)
@given(hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-40, 40)))
def test_spectrum_of_the_jacobian(z):
    jacobian = sl.softmax_jacobian(sl.softmax(z))
    np.testing.assert_array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(0), 0, atol=1e-15)
    eigenvalues = np.linalg.eigvalsh(jacobian)
    assert eigenvalues.min() >= -1e-15
    assert eigenvalues.max() <= 0.5 + 1e-15


def test_the_bound_one_half_is_attained_and_the_rank_is_one_less():
    assert np.linalg.eigvalsh(sl.softmax_jacobian([0.5, 0.5])).max() == pytest.approx(0.5, abs=1e-16)
    p = sl.softmax(np.random.default_rng(0).normal(size=6))
    assert np.linalg.matrix_rank(sl.softmax_jacobian(p)) == 5


def test_jacobian_of_a_confident_row_keeps_its_digits():
    jacobian = sl.softmax_jacobian(sl.softmax([0.0, 50.0]))
    assert relative_error(jacobian[1, 1], [mpmath.exp(-50) / (1 + mpmath.exp(-50)) ** 2]) < 1e-15
    np.testing.assert_array_equal(sl.softmax_jacobian([1.0]), [[0.0]])
    assert sl.softmax_jacobian(np.float32([0.5, 0.5])).dtype == np.float32


@pytest.mark.parametrize("axis", [-1, 0])
def test_jvp_and_vjp_are_products_with_the_jacobian(axis):
    rng = np.random.default_rng(0)
    z, v = rng.normal(size=(2, 4, 5))
    p = sl.softmax(z, axis=axis)
    jacobians = sl.softmax_jacobian(np.moveaxis(p, axis, -1))
    expected = np.moveaxis(np.einsum("nij,nj->ni", jacobians, np.moveaxis(v, axis, -1)), -1, axis)
    np.testing.assert_allclose(sl.softmax_jvp(p, v, axis), expected, atol=1e-16)
    np.testing.assert_array_equal(sl.softmax_vjp(p, v, axis), sl.softmax_jvp(p, v, axis))
    np.testing.assert_allclose(sl.softmax_jvp(p, v, axis).sum(axis), 0, atol=5e-16)


def test_bad_derivative_arguments():
    with pytest.raises(ValueError, match="needs an axis of classes, got a scalar"):
        sl.softmax_jacobian(1.0)
    with pytest.raises(TypeError, match="v must hold real numbers"):
        sl.softmax_jvp([1.0], ["a"])
    with pytest.raises(TypeError, match="g must hold real numbers"):
        sl.softmax_vjp([1.0], [1j])
    with pytest.raises(ValueError, match="broadcast"):
        sl.softmax_jvp([0.5, 0.5], [1.0, 2.0, 3.0])


# --- the online normalizer --------------------------------------------------------------------------------------------


@pytest.mark.claim("Chapter 3: pairs (maximum, sum) merge in any order to the same log-sum-exp", theorem="thm-03-merge")
@settings(deadline=None, max_examples=60)
@given(st.lists(hnp.arrays(np.float64, st.integers(0, 8), elements=st.floats(-1e3, 1e3)), max_size=6), st.randoms())
def test_online_states_merge_in_any_order(chunks, random):
    expected = sl.logsumexp(np.concatenate([*chunks, np.empty(0)]))
    states = [sl.online_logsumexp([chunk]) for chunk in chunks]
    in_order = sl.online_logsumexp(chunks)
    random.shuffle(states)
    while len(states) > 1:
        states.append(states.pop(0) + states.pop(0))
    merged = states[0] if states else sl.online_logsumexp()
    for state in (in_order, merged):
        np.testing.assert_allclose(state.value, expected, rtol=1e-14, atol=1e-13)
        assert state.max == max((c.max() for c in chunks if c.size), default=-np.inf)


def test_online_edges():
    assert sl.online_logsumexp().value == -np.inf
    assert sl.online_logsumexp([[-np.inf]]).value == -np.inf
    assert sl.online_logsumexp([[1.0], [np.inf]]).value == np.inf
    assert np.isnan(sl.online_logsumexp([[1.0], [np.nan], [2.0]]).value)
    assert sl.online_logsumexp([[-5000.0], [5000.0]]).value == 5000
    assert sl.online_logsumexp([3]).update(np.uint8([200])).max == 200
    assert repr(sl.online_logsumexp([[1.0, 1.0]])) == "OnlineLogSumExp(max=1.0, sum=2.0)"


def test_online_merge_and_plus():
    left, right = sl.online_logsumexp([[1.0]]), sl.online_logsumexp([[2.0]])
    both = left + right
    assert left.value == 1  # + changes neither
    assert left.merge(right) is left
    assert left.value == both.value
    with pytest.raises(TypeError, match="can only merge another OnlineLogSumExp, got float; use update"):
        left.merge(1.0)
    with pytest.raises(TypeError):
        left + 1.0
    with pytest.raises(TypeError, match="must hold real numbers"):
        left.update(["a"])
