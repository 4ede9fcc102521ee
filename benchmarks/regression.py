"""Time to objective: SoftmaxRegression against every solver of scikit-learn's LogisticRegression.

    python benchmarks/regression.py                    digits and 10,000 clothes: some minutes on two CPU cores
    python benchmarks/regression.py --data digits      one data set: digits, clothes-10k, clothes-60k
    python benchmarks/regression.py --all-solvers      the slow solvers of both too
    python benchmarks/regression.py --clock cpu        CPU seconds instead of wall seconds, on a machine with other work

Both minimize J = (sum of cross-entropies + ||W||^2 / (2 C)) / N with C = 1. A fit is repeated with more and more
iterations until the relative gap (J - J*) / J* is below the goal; its time is that of the whole fit, preparation included.
The contestants take turns in one process; the table shows medians of the rounds and the ratio to SoftmaxRegression.

Writes ``benchmarks/results/regression.json`` and ``regression.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from softmax_lib import SoftmaxRegression, cross_entropy
from softmax_lib.datasets import load_fashion_mnist

RESULTS = Path(__file__).parent / "results"
GOALS = (1e-2, 1e-3, 1e-4)  # relative gaps
MOST_SECONDS = 120.0  # a contestant that needs longer for one fit is given up
GROWTH = 1.5  # from one try to the next
LOGISTIC = ("lbfgs", "newton-cg", "newton-cholesky", "sag", "saga")
OURS = ("lbfgs", "newton-cg")
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Features, scaled to 0..1 for the clothes and 0..16 for the digits, and labels."""
    if name == "digits":
        return load_digits(return_X_y=True)
    clothes, count = load_fashion_mnist(), {"clothes-10k": 10_000, "clothes-60k": 60_000}[name]
    return clothes.train_images[:count].reshape(count, -1) / 255, clothes.train_labels[:count]


def objective(model, X: np.ndarray, y: np.ndarray) -> float:
    """J, in float64 whatever the model computed in."""
    coef = model.coef_.astype(np.float64)
    logits = X @ coef.T + model.intercept_.astype(np.float64)
    return cross_entropy(logits, y) + (coef**2).sum() / (2 * len(X))


def contestants(all_solvers: bool) -> dict[str, Callable[[int], object]]:
    """Name -> a model that makes at most so many iterations."""
    solvers = LOGISTIC if all_solvers else LOGISTIC[:1]
    ours = {
        f"SoftmaxRegression {solver}": lambda steps, solver=solver: SoftmaxRegression(
            solver=solver, tol=1e-12, max_iter=steps
        )
        for solver in (OURS if all_solvers else OURS[:1])
    }
    theirs = {
        f"LogisticRegression {solver}": lambda steps, solver=solver: LogisticRegression(
            solver=solver, tol=1e-12, max_iter=steps, random_state=0
        )
        for solver in solvers
    }
    return ours | theirs


def fit(model, X: np.ndarray, y: np.ndarray, clock: Callable[[], float]) -> float:
    """Seconds of one fit on one thread; that it did not converge is the point here."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = clock()
        model.fit(X, y)
        return clock() - start


def steps_needed(make: Callable, X, y, X64, minimum: float, clock: Callable) -> dict[float, int | None]:
    """The first tried number of iterations that reaches each goal, None where the contestant was given up."""
    needed: dict[float, int | None] = {}
    steps, seconds = 8.0, 0.0
    for goal in GOALS:
        while goal not in needed:
            model = make(int(steps))
            seconds = fit(model, X, y, clock)
            if objective(model, X64, y) - minimum <= goal * minimum:
                needed[goal] = int(steps)
            elif seconds > MOST_SECONDS or steps > 1e5:
                return needed | dict.fromkeys([g for g in GOALS if g not in needed])
            else:
                steps *= GROWTH
    return needed


def measure(name: str, dtype: str, rounds: int, all_solvers: bool, clock: Callable) -> list[dict]:
    """One row a contestant and goal."""
    X64, y = load(name)
    X = X64.astype(dtype)
    best = SoftmaxRegression(tol=1e-6, max_iter=5000)
    fit(best, X64 if name != "clothes-60k" else X, y, clock)
    minimum = min(objective(best, X64, y), float(best.loss_curve_.min()))
    models = contestants(all_solvers)
    needed = {who: steps_needed(make, X, y, X64, minimum, clock) for who, make in models.items()}
    rows = []
    for goal in GOALS:
        times: dict[str, list[float]] = {who: [] for who in models if needed[who][goal]}
        for _ in range(rounds):
            for who, spent in times.items():
                spent.append(fit(models[who](needed[who][goal]), X, y, clock))
        reference = statistics.median(times[next(iter(models))])
        for who, spent in times.items():
            seconds = statistics.median(spent)
            row = {"data": name, "dtype": dtype, "gap": goal, "model": who, "iterations": needed[who][goal]}
            rows.append(row | {"seconds": seconds, "ratio": seconds / reference})
            print(f"{name} {dtype} gap {goal:.0e}  {who:35}{seconds:9.3f} s  {seconds / reference:7.2f}", flush=True)
    return rows


def table(rows: list[dict]) -> str:
    """The rows as Markdown."""
    lines = [
        "| data | dtype | relative gap | model | iterations | seconds | time ÷ ours |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['data']} | {row['dtype']} | {row['gap']:.0e} | {row['model']} | {row['iterations']} "
            f"| {row['seconds']:.3f} | {row['ratio']:.2f} |"
        )
    return "\n".join(lines)


def save(rows: list[dict], arguments: argparse.Namespace) -> None:
    """Write the results; rows of other data sets that were measured before are kept."""
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / "regression.json"
    fresh = {(row["data"], row["dtype"]) for row in rows}
    if place.exists():
        rows = [r for r in json.loads(place.read_text())["rows"] if (r["data"], r["dtype"]) not in fresh] + rows
    machine = f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores"
    machine += ", BLAS on 1 thread"
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}"
    content = {"machine": machine, "versions": versions, "rounds": arguments.rounds, "rows": rows}
    place.write_text(json.dumps(content, indent=1) + "\n")
    note = (
        f"Time of a whole fit that first brings J within a relative gap of its minimum; medians of {arguments.rounds} "
        f"interleaved rounds on {machine}, {arguments.clock} clock ({versions}). A model is missing where it needs more than {MOST_SECONDS:.0f} s."
    )
    (RESULTS / "regression.md").write_text(f"# Softmax regression: time to objective\n\n{note}\n\n{table(rows)}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=["digits", "clothes-10k", "clothes-60k"])
    parser.add_argument("--dtype", nargs="+", choices=["float32", "float64"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all-solvers", action="store_true")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    arguments = parser.parse_args()
    for name in arguments.data or ["digits", "clothes-10k"]:
        for dtype in arguments.dtype or (["float32", "float64"] if name == "digits" else ["float32"]):
            rows = measure(name, dtype, arguments.rounds, arguments.all_solvers, CLOCKS[arguments.clock])
            save(rows, arguments)


if __name__ == "__main__":
    main()
