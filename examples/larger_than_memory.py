"""Softmax regression on a file that does not fit into memory, a chunk at a time.

    python examples/larger_than_memory.py                                a small file, to see it work
    python examples/larger_than_memory.py --rows 8000000 --ways chunks dask
    python examples/larger_than_memory.py --rows 2000000 --ways fit      the whole file at once, for comparison

`SoftmaxRegression.partial_fit` needs one chunk and one matrix of features by features, however long the file is. After a
chunk it remembers what the chunk said as a Gaussian, which becomes the prior of the next one: each row is read once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from softmax_lib import SoftmaxRegression, cross_entropy

FEATURES, CLASSES = 64, 10
UNSEEN = 20_000  # rows at the end of the file that no model learns from


def write_data(folder: Path, rows: int, chunk: int, seed: int = 0) -> None:
    """Files X.npy and y.npy of samples from a softmax model, written without holding them."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(FEATURES, CLASSES)) / 4
    np.lib.format.open_memmap(folder / "X.npy", mode="w+", dtype=np.float32, shape=(rows, FEATURES))
    np.lib.format.open_memmap(folder / "y.npy", mode="w+", dtype=np.int64, shape=(rows,))
    for start in range(0, rows, chunk):
        stop = min(start + chunk, rows)
        X = rng.standard_normal((stop - start, FEATURES), dtype=np.float32)
        winners = X @ weights + rng.gumbel(size=(stop - start, CLASSES))  # a draw from the softmax
        for name, part in (("X", X), ("y", winners.argmax(axis=1))):
            np.load(folder / f"{name}.npy", mmap_mode="r+")[start:stop] = part


def read_rows(path: Path, start: int, stop: int) -> np.ndarray:
    """Some rows of a file; the rest of it stays on the disk."""
    return np.array(np.load(path, mmap_mode="r")[start:stop])


def chunks(folder: Path, rows: int, chunk: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The memory-mapped file, piece by piece."""
    for start in range(0, rows, chunk):
        stop = min(start + chunk, rows)
        yield read_rows(folder / "X.npy", start, stop), read_rows(folder / "y.npy", start, stop)


def learn_from_chunks(folder: Path, rows: int, chunk: int) -> SoftmaxRegression:
    model = SoftmaxRegression()
    for X, y in chunks(folder, rows, chunk):
        model.partial_fit(X, y, classes=np.arange(CLASSES))
    return model


def learn_with_dask(folder: Path, rows: int, chunk: int) -> SoftmaxRegression:
    """The same with a Dask array, whose chunks may also come from many files, an object store or a query.

    The scaling is lazy: Dask finds means and deviations in one pass, and scales a chunk when it is asked for.
    """
    import dask.array as da
    from dask import compute, delayed

    bounds = [(start, min(start + chunk, rows)) for start in range(0, rows, chunk)]
    pieces = [delayed(read_rows)(folder / "X.npy", start, stop) for start, stop in bounds]
    X = da.concatenate(
        [
            da.from_delayed(piece, shape=(stop - start, FEATURES), dtype=np.float32)
            for piece, (start, stop) in zip(pieces, bounds, strict=True)
        ]
    )
    mean, deviation = compute(X.mean(axis=0), X.std(axis=0))
    scaled = (X - mean) / deviation
    model = SoftmaxRegression()
    for block, (start, stop) in zip(scaled.blocks, bounds, strict=True):
        model.partial_fit(block.compute(), read_rows(folder / "y.npy", start, stop), classes=np.arange(CLASSES))
    model.coef_ /= deviation  # the model of the unscaled features
    model.intercept_ -= model.coef_ @ mean
    return model


def learn_at_once(folder: Path, rows: int, chunk: int) -> SoftmaxRegression:
    return SoftmaxRegression().fit(read_rows(folder / "X.npy", 0, rows), read_rows(folder / "y.npy", 0, rows))


WAYS = {"chunks": learn_from_chunks, "dask": learn_with_dask, "fit": learn_at_once}


def peak_megabytes() -> float:
    """The most memory that this process has held so far; NaN where the system does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main(arguments: list[str] | None = None) -> dict[str, SoftmaxRegression]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--chunk", type=int, default=50_000, help="rows in memory at a time (default: %(default)s)")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--folder", type=Path, help="where the file goes (default: a temporary folder)")
    options = parser.parse_args(arguments)
    before = peak_megabytes()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder, end = Path(name), options.rows + UNSEEN
        write_data(folder, end, options.chunk)
        X_new, y_new = (read_rows(folder / f"{part}.npy", options.rows, end) for part in "Xy")
        print(f"data: {options.rows * FEATURES * 4 / 1e6:.0f} MB, {options.rows} rows, chunks of {options.chunk}")
        models = {}
        for way in options.ways:
            start = time.perf_counter()
            model = models[way] = WAYS[way](folder, options.rows, options.chunk)
            seconds = time.perf_counter() - start
            loss = cross_entropy(X_new @ model.coef_.T + model.intercept_, y_new)
            print(
                f"{way:7} loss on new rows {loss:.5f}, accuracy {model.score(X_new, y_new):.4f}, "
                f"{seconds:.1f} s, peak memory {peak_megabytes():.0f} MB, {before:.0f} MB at the start"
            )
    return models


if __name__ == "__main__":
    main()
