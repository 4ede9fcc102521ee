"""Draw the recorded speeds: `results/speed.svg`, from the JSON tables that the other programs wrote.

python benchmarks/plot.py
"""

from __future__ import annotations

import json
from pathlib import Path

from softmax_lib import plotting

RESULTS = Path(__file__).parent / "results"
FUNCTIONS = ("softmax", "log_softmax", "logsumexp")


def draw_functions(axes, rows: list[dict]) -> None:
    """One dot a function, shape and dtype: time of SciPy over ours; a bar marks the ratio to reach."""
    rows = [row for row in rows if row["peer"] == "SciPy"]
    shapes = list(dict.fromkeys(tuple(row["shape"]) for row in rows))
    for index, name in enumerate(FUNCTIONS):
        for row in (row for row in rows if row["function"] == name):
            height = shapes.index(tuple(row["shape"])) + 0.25 * (index - 1)
            filled = row["dtype"] == "float64"
            color = plotting.CLASS_COLORS[index]
            axes.plot(row["ratio"], height, "o", color=color, markerfacecolor=color if filled else plotting.PAPER)
            axes.plot([row["target"]] * 2, [height - 0.09, height + 0.09], color=plotting.MUTED, linewidth=1.5)
        axes.text(6.1, 0.25 * (index - 1), name, color=plotting.CLASS_COLORS[index], va="center")
    axes.axvline(1, color=plotting.INK, linewidth=1)
    axes.set_yticks(range(len(shapes)), [" × ".join(f"{n:,}" for n in shape) for shape in shapes])
    axes.invert_yaxis()
    axes.set(
        xlabel="time of SciPy ÷ time of softmax_lib", xlim=(0, 8), title="Functions (open: float32, filled: float64)"
    )


def draw_regression(axes, rows: list[dict]) -> None:
    """Seconds of every solver to an objective gap of 1e-3, as a multiple of SoftmaxRegression's."""
    rows = [row for row in rows if row["gap"] == 1e-3 and row["dtype"] == "float64"]
    labels = [f"{row['data']}: {row['model']}" for row in rows]
    ours = [row["model"].startswith("SoftmaxRegression") for row in rows]
    colors = [plotting.CLASS_COLORS[0 if mine else 1] for mine in ours]
    bars = axes.barh(labels, [row["ratio"] for row in rows], color=colors, height=0.6)
    plotting.bar_labels(axes, bars, [f"{row['ratio']:.1f}" for row in rows])
    axes.invert_yaxis()
    axes.set(
        xscale="log", xlabel="time to an objective gap of 1e-3, SoftmaxRegression = 1", title="Estimators (float64)"
    )


def main() -> None:
    plotting.use_book_style()
    functions = json.loads((RESULTS / "functions.json").read_text("utf8"))["speed"]
    regression = json.loads((RESULTS / "regression.json").read_text("utf8"))["rows"]
    figure, (top, bottom) = plotting.figure(7, rows=2, height_ratios=[1.2, 1])
    draw_functions(top, functions)
    draw_regression(bottom, regression)
    figure.savefig(RESULTS / "speed.svg", metadata={"Date": None})
    print(f"wrote {RESULTS / 'speed.svg'}")


if __name__ == "__main__":
    main()
