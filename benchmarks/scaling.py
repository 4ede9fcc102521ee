"""Memory that softmax regression needs on files of growing size: at once, in chunks, and with Dask.

    python benchmarks/scaling.py            some fifteen minutes on two CPU cores, and 2.2 GB of disk
    python benchmarks/scaling.py --rows 500000    a quick look

Runs ``examples/larger_than_memory.py`` in a process of its own for every line, since a process remembers its peak.
Writes ``benchmarks/results/scaling.json`` and ``scaling.md``, which the appendix on scaling shows.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from machine import measured

RESULTS = Path(__file__).parent / "results"
EXAMPLE = Path(__file__).parent.parent / "examples" / "larger_than_memory.py"
LINE = re.compile(r"loss on new rows ([\d.]+), accuracy ([\d.]+), [\d.]+ s, peak memory (\d+) MB, (\d+) MB")
NAMES = {"fit": "`fit`, all at once", "chunks": "`partial_fit`, memory-mapped", "dask": "`partial_fit`, Dask array"}


def measure(rows: int, way: str) -> dict[str, float | str]:
    command = [sys.executable, str(EXAMPLE), "--rows", str(rows), "--ways", way]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    loss, accuracy, peak, before = map(float, LINE.search(printed).groups())
    megabytes = float(re.search(r"data: (\d+) MB", printed)[1])
    return {
        "rows": rows, "way": way, "data_mb": megabytes, "extra_mb": peak - before, "peak_mb": peak,
        "loss": loss, "accuracy": accuracy,
    }  # fmt: skip


def table(lines: list[dict], machine: str) -> str:
    text = "| data | way | memory added | loss on new rows |\n|---:|:---|---:|---:|\n"
    for line in lines:
        data, added = (f"{line[key]:.0f}\N{NO-BREAK SPACE}MB" for key in ("data_mb", "extra_mb"))
        text += f"| {data} | {NAMES[line['way']]} | {added} | {line['loss']:.4f} |\n"
    return f"{text}\n{machine}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_000_000, 8_000_000])
    options = parser.parse_args()
    lines = []
    for rows in options.rows:
        for way in NAMES:
            lines.append(measure(rows, way))
            print(lines[-1], flush=True)
    machine = measured()
    RESULTS.mkdir(exist_ok=True)
    record = {"machine": machine, "lines": lines}
    (RESULTS / "scaling.json").write_text(json.dumps(record, indent=1) + "\n", "utf8", newline="\n")
    (RESULTS / "scaling.md").write_text(table(lines, machine), "utf8", newline="\n")


if __name__ == "__main__":
    main()
