"""Measure softmax, its logarithm and its loss against SciPy, scikit-learn and TensorFlow: speed and accuracy.

    python benchmarks/functions.py                      everything: about two minutes
    python benchmarks/functions.py --only accuracy      or: --only speed
    python benchmarks/functions.py --clock cpu          CPU seconds instead of wall seconds, on a machine with other work

Writes ``benchmarks/results/functions.json`` and ``functions.md``. A speed is a ratio: time of the peer over ours, from runs
that take turns in one process, and the table gives the median of the ratios. An accuracy is the worst error in units in the
last place (ulp) against 300-bit arithmetic.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
import scipy.special
import sklearn
from sklearn._loss import HalfMultinomialLoss

import softmax_lib as sl
from softmax_lib import devices  # noqa: F401  (quiets TensorFlow before it is imported)

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from softmax_reference import (
    exact_gradient,
    exact_log_softmax,
    exact_softmax,
    relative_error,
    ulps,
)

RESULTS = Path(__file__).parent / "results"
SHAPES = [(60_000, 10), (1024, 1024), (256, 32_000), (1, 1_000_000)]
DTYPES = [np.float32, np.float64]
SPEED_TARGETS = {  # the smallest ratio to reach: (function, shape) or function
    ("softmax", (60_000, 10)): {"float32": 3.5, "float64": 2.2},
    ("softmax", (1024, 1024)): {"float32": 1.3, "float64": 1.3},
    ("softmax", (256, 32_000)): {"float32": 1.3, "float64": 1.3},
    ("softmax", (1, 1_000_000)): {"float32": 1.0, "float64": 1.0},
    "logsumexp": {"float32": 2.0, "float64": 2.0},
    "log_softmax": {"float32": 1.0, "float64": 1.0},
}


# --- speed ------------------------------------------------------------------------------------------------------------


def median_ratios(
    ours: Callable, peers: dict[str, Callable], rounds: int, clock: Callable[[], float]
) -> tuple[float, dict[str, float]]:
    """Milliseconds of `ours`, and for every peer the median over the rounds of its time over ours in the same round."""
    runs = {"ours": ours} | peers
    times = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            start = clock()
            run()
            times[name].append(clock() - start)
    ratios = {name: statistics.median(np.divide(times[name], times["ours"])) for name in peers}
    return 1000 * statistics.median(times["ours"]), ratios


def speed_of_functions(rounds: int, clock: Callable[[], float]) -> list[dict]:
    rows = []
    for shape in SHAPES:
        for dtype in DTYPES:
            x = np.random.default_rng(0).normal(size=shape).astype(dtype)
            for name in ("softmax", "log_softmax", "logsumexp"):
                ours, peer = getattr(sl, name), getattr(scipy.special, name)
                milliseconds, ratios = median_ratios(
                    lambda f=ours, x=x: f(x, axis=-1), {"SciPy": lambda f=peer, x=x: f(x, axis=-1)}, rounds, clock
                )
                target = SPEED_TARGETS.get((name, shape), SPEED_TARGETS.get(name))[x.dtype.name]
                rows.append(_speed_row(name, shape, x.dtype.name, "SciPy", milliseconds, ratios["SciPy"], target))
    return rows


def plain_loss_and_gradient(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """What one writes by hand."""
    rows = np.arange(len(labels))
    shifted = logits - logits.max(1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(1, keepdims=True)
    loss = (np.log(sums[:, 0]) - shifted[rows, labels]).mean()
    gradient = exps / sums
    gradient[rows, labels] -= 1
    gradient /= len(labels)
    return loss, gradient


def speed_of_the_loss(rounds: int, clock: Callable[[], float]) -> list[dict]:
    rows = []
    for dtype in DTYPES:
        rng = np.random.default_rng(0)
        logits, labels = (2 * rng.normal(size=(60_000, 10))).astype(dtype), rng.integers(0, 10, 60_000)
        compiled, as_float = HalfMultinomialLoss(n_classes=10), labels.astype(dtype)
        peers = {
            "plain expression": lambda z=logits, y=labels: plain_loss_and_gradient(z, y),
            "scikit-learn, one thread": lambda z=logits, y=as_float, loss=compiled: loss.loss_gradient(
                y, z, n_threads=1
            ),
            "TensorFlow, eager": tensorflow_loss(logits, labels),
        }
        milliseconds, ratios = median_ratios(
            lambda z=logits, y=labels: sl.cross_entropy_with_gradient(z, y), peers, rounds, clock
        )
        targets = {"plain expression": 1.8, "scikit-learn, one thread": 1.0}
        for peer, ratio in ratios.items():
            rows.append(
                _speed_row(
                    "cross_entropy_with_gradient",
                    logits.shape,
                    np.dtype(dtype).name,
                    peer,
                    milliseconds,
                    ratio,
                    targets.get(peer),
                )
            )
    return rows


def tensorflow_loss(logits: np.ndarray, labels: np.ndarray) -> Callable:
    import tensorflow as tf

    z, y = tf.constant(logits), tf.constant(labels)

    def run():
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))
        return float(loss), tape.gradient(loss, z).numpy()

    return run


def _speed_row(function, shape, dtype, peer, milliseconds, ratio, target) -> dict:
    return {
        "function": function,
        "shape": list(shape),
        "dtype": dtype,
        "peer": peer,
        "ours_ms": round(milliseconds, 3),
        "ratio": round(ratio, 2),
        "target": target,
    }


# --- accuracy ---------------------------------------------------------------------------------------------------------


def adversarial_rows(dtype: np.dtype) -> dict[str, np.ndarray]:
    """Rows by kind. The largest gap leaves the smallest probability a normal number."""
    rng = np.random.default_rng(0)
    reach = float(np.floor(min(700, -np.finfo(dtype).minexp * np.log(2))))
    kinds = {}
    for length, count in ((2, 60), (10, 60), (63, 20), (1000, 3)):
        shape = (count, length)
        kinds |= {
            f"normal, K = {length}": rng.normal(size=shape),
            f"normal x 10, K = {length}": 10 * rng.normal(size=shape),
            f"gaps up to {reach:.0f}, K = {length}": rng.uniform(-reach / 2, reach / 2, size=shape),
        }
    return {kind: x.astype(dtype) for kind, x in kinds.items()}


def accuracy_in_ulps() -> list[dict]:
    rows = []
    for dtype in (np.float64, np.float32, np.float16):
        for kind, x in adversarial_rows(np.dtype(dtype)).items():
            with np.errstate(all="ignore"):
                results = {
                    "softmax": (sl.softmax(x), scipy.special.softmax(x, axis=-1), exact_softmax),
                    "log_softmax": (sl.log_softmax(x), scipy.special.log_softmax(x, axis=-1), exact_log_softmax),
                }
            for name, (ours, theirs, exact) in results.items():
                truth = [exact(row) for row in x]
                worst = [max(ulps(got, true) for got, true in zip(r, truth, strict=True)) for r in (ours, theirs)]
                rows.append(_accuracy_row(name, kind, np.dtype(dtype).name, *worst, "ulp"))
    rows.append(accuracy_down_a_column())
    return rows


def accuracy_down_a_column(length: int = 100_000) -> dict:
    import mpmath

    x = np.random.default_rng(0).normal(size=(length, 1)) * 10
    column = [mpmath.mpf(v) for v in x[:, 0].tolist()]
    total = mpmath.fsum(map(mpmath.exp, column))
    truth = [mpmath.exp(v) / total for v in column[::100]]
    both = np.hstack([x, x])  # two columns: a single one is contiguous, and NumPy sums it pairwise
    worst = [ulps(f(both, axis=0)[::100, 0], truth) for f in (sl.softmax, scipy.special.softmax)]
    return _accuracy_row("softmax", f"normal x 10, axis 0 of {length}", "float64", *worst, "ulp")


def accuracy_of_confident_rows() -> list[dict]:
    """Relative errors of the loss and of the gradient, the largest for gaps on both sides of where peers lose everything."""
    rows = []
    for low, high in ((1, 30), (30, 38), (38, 700)):
        errors = {"loss": [0.0, 0.0], "gradient": [0.0, 0.0]}
        for gap in np.linspace(low, high, 25):
            rng = np.random.default_rng(int(1000 * gap))
            row = np.concatenate([[gap], -rng.random(9) * 1e-3])
            plain_loss, plain_gradient = plain_loss_and_gradient(row[None], np.array([0]))
            loss, gradient = sl.cross_entropy_with_gradient(row, 0)
            exact = {"loss": [-exact_log_softmax(row)[0]], "gradient": exact_gradient(row, 0)}
            computed = {"loss": ([loss], [plain_loss]), "gradient": (gradient, plain_gradient[0])}
            for what, pair in computed.items():
                for i, value in enumerate(pair):
                    errors[what][i] = max(errors[what][i], relative_error(value, exact[what]))
        for what, (ours, plain) in errors.items():
            rows.append(
                _accuracy_row(
                    f"cross-entropy, {what}", f"gap {low} to {high}, K = 10", "float64", ours, plain, "relative"
                )
            )
    return rows


def _accuracy_row(function, inputs, dtype, ours, peer, unit) -> dict:
    return {
        "function": function,
        "inputs": inputs,
        "dtype": dtype,
        "ours": float(f"{ours:.3g}"),
        "peer": float(f"{min(peer, 1e9):.3g}"),
        "unit": unit,
    }


# --- report -----------------------------------------------------------------------------------------------------------


def as_markdown(report: dict) -> str:
    lines = ["# softmax_lib against its peers", "", report["machine"], ""]
    if "speed" in report:
        lines += [
            f"## Speed: time of the peer over ours ({report['clock']} clock)",
            "",
            "| function | shape | dtype | peer | ours, ms | ratio | to reach |",
            "|---|---|---|---|---:|---:|---:|",
        ]
        for r in report["speed"]:
            shape = " x ".join(map(str, r["shape"]))
            target = "" if r["target"] is None else r["target"]
            lines.append(
                f"| {r['function']} | {shape} | {r['dtype']} | {r['peer']} | {r['ours_ms']} | {r['ratio']} | {target} |"
            )
        lines.append("")
    if "accuracy" in report:
        lines += [
            "## Accuracy: the worst error",
            "",
            "In ulp against SciPy, relative against the plain expression. 1e9 stands for more than a billion: everything is lost.",
            "",
            "| function | inputs | dtype | ours | peer | unit |",
            "|---|---|---|---:|---:|---|",
        ]
        for r in report["accuracy"]:
            lines.append(
                f"| {r['function']} | {r['inputs']} | {r['dtype']} | {r['ours']:g} | {r['peer']:g} | {r['unit']} |"
            )
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["speed", "accuracy"])
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    clock = {"wall": time.perf_counter, "cpu": time.process_time}[options.clock]
    report = {
        "machine": f"NumPy {np.__version__}, SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"Python {platform.python_version()}, {platform.machine()}",
        "clock": options.clock,
    }
    if options.only != "accuracy":
        report["speed"] = speed_of_functions(options.rounds, clock) + speed_of_the_loss(options.rounds, clock)
    if options.only != "speed":
        report["accuracy"] = accuracy_in_ulps() + accuracy_of_confident_rows()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "functions.json").write_text(json.dumps(report, indent=1) + "\n")
    text = as_markdown(report)
    (RESULTS / "functions.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
