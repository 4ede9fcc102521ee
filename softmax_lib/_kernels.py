"""The row kernels under :mod:`softmax_lib.functions` and :mod:`softmax_lib.losses`.

Every kernel sees a two-dimensional array, one distribution a row, and treats each row on its own, so that a row gives the
same bits alone and inside a batch. Four ideas make the kernels both faster and more accurate than the textbook formula:

1. **Shift only the rows that need it.** ``exp`` is accurate to an ulp wherever its result is a normal number, while
   ``x - max`` may be off by ``|x - max| / 2`` ulp. Rows that can neither overflow nor underflow are not shifted at all.
2. **Keep the rounding error of the shift.** Where a row must be shifted, Knuth's TwoSum recovers what the subtraction
   lost, and one multiplication puts it back: ``exp(d + r) = exp(d) (1 + r)`` for tiny ``r``.
3. **Leave one maximum out of the sum** and use ``log1p`` (Algorithm 4.1 of Blanchard, Higham & Higham 2021), so that the
   logarithm of a confident row keeps all its digits.
4. **Work in blocks that stay in the cache.** For the logarithm short rows are transposed first: every reduction then runs
   along long contiguous lines, instead of stopping and starting again after ten numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

SHORT_ROW = 64  # shorter rows need other reductions, and can afford float64 for float32
BLOCK_SIZE = 1 << 16  # elements in a block: 512 KB of float64 stay in a level-2 cache


# --- the three functions ----------------------------------------------------------------------------------------------


def softmax_rows(x: np.ndarray, out: np.ndarray) -> None:
    """Write the softmax of every row of `x` into `out`."""
    working = working_dtype(x)
    spare = None if out.dtype == working and out.strides[1] == out.itemsize else spare_memory(x, working)
    for rows, part in row_blocks(x):
        exps = out[rows] if spare is None else spare[: part.size].reshape(part.shape)
        exps /= exponentials_and_sum(part, exps)
        if spare is not None:
            out[rows] = exps


def log_softmax_rows(x: np.ndarray, out: np.ndarray) -> None:
    """Write the logarithm of the softmax of every row of `x` into `out`."""
    if x.shape[1] < SHORT_ROW:
        for rows, block, spare in transposed_blocks(x):
            maximum, excess = log_sum_parts_transposed(block, spare)
            block -= maximum
            block -= excess
            store_transposed(block, out, rows)
    else:
        spare = spare_memory(x[:, :BLOCK_SIZE], np.promote_types(x.dtype, np.float32))
        for rows, part in row_blocks(x):
            maximum, excess = log_sum_parts_long(part, spare)
            difference = out[rows] if out.dtype == part.dtype else np.empty_like(part)
            for piece in pieces(part):
                np.subtract(part[:, piece], maximum, out=difference[:, piece])
                difference[:, piece] -= excess
            if out.dtype != part.dtype:
                out[rows] = difference


def logsumexp_rows(x: np.ndarray, out: np.ndarray) -> None:
    """Write the log-sum-exp of every row of `x` into the vector `out`."""
    if x.shape[1] < SHORT_ROW:
        for rows, block, spare in transposed_blocks(x):
            maximum, excess = log_sum_parts_transposed(block, spare)
            out[rows] = _sum_unless_infinite(maximum, excess)[: rows.stop - rows.start]
    else:
        spare = spare_memory(x[:, :BLOCK_SIZE], np.promote_types(x.dtype, np.float32))
        for rows, part in row_blocks(x):
            maximum, excess = log_sum_parts_long(part, spare)
            out[rows] = _sum_unless_infinite(maximum, excess)[:, 0]


def _sum_unless_infinite(maximum: np.ndarray, excess: np.ndarray) -> np.ndarray:
    # A row whose maximum is infinite has no other part: the NaN of inf - inf in `excess` says nothing.
    return np.where(np.isinf(maximum), maximum, maximum + excess)


# --- their parts ------------------------------------------------------------------------------------------------------


def exponentials_and_sum(x: np.ndarray, exps: np.ndarray) -> np.ndarray:
    """Write exp(x - shift) into `exps`, with a shift for every row, and return the sums of the rows as a column."""
    shift = row_shift(x, exps.dtype)
    total = np.zeros((len(x), 1), exps.dtype)
    for piece in pieces(x):
        exponentials(x[:, piece], shift, out=exps[:, piece])
        total += row_sums(exps[:, piece])
    return total


def row_sums(x: np.ndarray) -> np.ndarray:
    """The sums of the rows as a column. NumPy's own reductions stop and start again at every row, however short."""
    return np.einsum("ij->i", x)[:, None] if x.shape[1] < SHORT_ROW else x.sum(1, keepdims=True)


def row_shift(x: np.ndarray, working: np.dtype) -> np.ndarray | None:
    """The shift of :func:`needed_shift` for every row, as a column."""
    high = None if x.shape[1] < SHORT_ROW else x.max(1, keepdims=True)
    return needed_shift(x, high, 1, working)


def log_sum_parts_transposed(block: np.ndarray, spare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The maximum m of every column and log(sum(exp(column - m))), accurate however close to 0 the logarithm is."""
    maximum = block.max(0)
    exponentials(block, needed_shift(block, maximum, 0, block.dtype), out=spare)
    top, rest = leave_maximum_out(spare)
    return maximum, np.log1p(rest / top)


def log_sum_parts_long(x: np.ndarray, spare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same for every row of `x`, one column each. `spare` is memory for a block in the working precision."""
    winners = x.argmax(1)
    rest_over_top = _rest_over_top(x, winners, spare)
    excess = np.log1p(rest_over_top)
    if spare.dtype == np.float32:
        # In a confident row the error of a float32 exponential is the error of the answer: such rows get a second look.
        confident = np.flatnonzero(rest_over_top < 1)
        if confident.size:
            wide = np.empty(spare.size, np.float64)
            excess[confident] = np.log1p(_rest_over_top(x[confident], winners[confident], wide))
    return x[np.arange(len(x)), winners, None], excess


def _rest_over_top(x: np.ndarray, winners: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """For every row: the sum of exp(x) without the winner's, over the winner's."""
    maximum = x[np.arange(len(x)), winners, None]
    shift = needed_shift(x, maximum, 1, spare.dtype)
    top, rest = np.zeros((2, len(x), 1), spare.dtype)
    exponentials(maximum, shift, out=top)
    for piece in pieces(x):
        width = piece.stop - piece.start
        exps = spare[: len(x) * width].reshape(len(x), width)
        exponentials(x[:, piece], shift, out=exps)
        local = winners - piece.start
        here = np.flatnonzero((local >= 0) & (local < width))
        exps[here, local[here]] = 0
        rest += exps.sum(1, keepdims=True)
    return rest / top


def needed_shift(x: np.ndarray, high: np.ndarray | None, axis: int, working: np.dtype) -> np.ndarray | None:
    """What to subtract from every row before `exp`: 0 where that is safe, else the maximum. None for 0 everywhere.

    `high` are the maxima of the rows, if they are known.
    """
    limit = exponent_limit(working, x.shape[axis])
    # With a maximum of 0 or more, an exponential that underflows belongs to a probability that underflows.
    if high is None:
        harmless = x.max() <= limit and x.min() >= -limit  # false for NaN
    else:
        harmless = high.max() <= limit and (high.min() >= 0 or x.min() >= -limit)
    if harmless:
        return None
    high = x.max(axis, keepdims=True) if high is None else high
    low = x.min(axis).reshape(high.shape)
    safe = (high <= limit) & ((high >= 0) | (low >= -limit))
    return None if safe.all() else np.where(safe, 0, high).astype(working)


@lru_cache(maxsize=256)
def exponent_limit(working: np.dtype, length: int) -> float:
    """How large |x| may be so that exp(x), a sum of `length` of them and its reciprocal are all normal numbers."""
    return float((np.finfo(working).maxexp - 3) * np.log(2) - np.log(length))


def exponentials(x: np.ndarray, shift: np.ndarray | None, out: np.ndarray) -> None:
    """Write exp(x - shift) into `out`, in its precision, with the rounding error of the subtraction made good."""
    if shift is None:
        np.exp(x, out=out, dtype=out.dtype)
        return
    x = x.astype(out.dtype)
    difference = x - shift
    virtual = difference - x
    error = (x - (difference - virtual)) - (shift + virtual)
    error[~np.isfinite(error)] = 0  # infinite entries: the difference is infinite or NaN already
    np.exp(difference, out=out)
    error *= out
    out += error


def leave_maximum_out(positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest entry of every column and the sum of the others, without cancellation. Overwrites its input.

    A knock-out tournament: the losers of every round are summed, the last winner is the maximum.
    """
    rest = np.zeros(positive.shape[1], positive.dtype)
    while len(positive) > 1:
        half = len(positive) // 2
        left, right = positive[:half], positive[-half:]
        rest += np.minimum(left, right).sum(0)
        np.maximum(left, right, out=left)
        positive = positive[:-half]
    return positive[0], rest


# --- blocks -----------------------------------------------------------------------------------------------------------


def transposed_blocks(x: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Yield (which rows, those rows as columns of a contiguous array, spare memory of the same shape), for short rows.

    Both arrays may be overwritten; they are forgotten at the next step. The working precision is float64 for float32
    (it costs little here), and at least float32 otherwise.
    """
    count, length = x.shape
    working = np.dtype(np.float32) if x.itemsize < 4 else np.promote_types(x.dtype, np.float64)
    step = min(BLOCK_SIZE // length, count)
    memory = np.zeros((2, length * max(step, 2)), working)
    for start in range(0, count, step):
        part = x[start : start + step]
        # NumPy sums one column in another order than one of many: never let a column be alone.
        width = max(len(part), 2)
        block, spare = memory[:, : length * width].reshape(2, length, width)
        block[:, : len(part)] = part.T
        yield slice(start, start + len(part)), block, spare


def store_transposed(block: np.ndarray, out: np.ndarray, rows: slice) -> None:
    """Copy a finished block to its rows of `out`."""
    out[rows] = block.T[: rows.stop - rows.start]


def row_blocks(x: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield (which rows, those rows in a contiguous array of at least float32, which may be a part of `x` itself)."""
    step = max(1, BLOCK_SIZE // x.shape[1])
    for start in range(0, len(x), step):
        part = x[start : start + step]
        # exp of a strided line may take another path through NumPy, and give other bits.
        yield slice(start, start + len(part)), np.ascontiguousarray(part, np.promote_types(x.dtype, np.float32))


def spare_memory(x: np.ndarray, working: np.dtype) -> np.ndarray:
    """Memory for one block, taken once: fresh memory costs a page fault every 4 KB."""
    return np.empty(min(x.size, max(BLOCK_SIZE, x.shape[1])), working)


def working_dtype(x: np.ndarray) -> np.dtype:
    """At least float32, and float64 for float32 in short rows, where it costs little."""
    short_single = x.dtype == np.float32 and x.shape[1] < SHORT_ROW
    return np.promote_types(x.dtype, np.float64 if short_single else np.float32)


def pieces(x: np.ndarray) -> Iterator[slice]:
    """Yield the slices that cut rows longer than a block into pieces that depend on nothing but the length."""
    length = x.shape[1]
    for start in range(0, length, BLOCK_SIZE):
        yield slice(start, min(start + BLOCK_SIZE, length))
