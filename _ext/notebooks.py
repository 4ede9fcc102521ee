"""Execute each notebook once: what the tests run is what the book shows.

    python _ext/notebooks.py run [NOTEBOOK ...]    execute what changed (default: every notebook of _toc.yml)
    python _ext/notebooks.py strip [NOTEBOOK ...]  remove outputs and editor metadata before a commit
    python _ext/notebooks.py times                 seconds each notebook took when it was last executed
    python _ext/notebooks.py times --budget 300    the same, and fail when all of them together took longer

`run` copies a notebook, executes the copy with `pytest --nbmake`, refuses a run that printed to stderr (a warning
would be on the page), and puts the outputs into the cache that Jupyter Book builds from. A notebook is executed again
only when its code, the library or one of the packages that make its numbers changed: Jupyter Book's own cache looks at
the code alone and would show stale outputs.

The budget is that of a reader with two cores. So `run --cores 2` keeps to two of them, where the system can, and a
notebook is charged its seconds on the clock or those of the processor, whichever are fewer: on a busy machine the clock
runs on while others work, and two busy cores spend two seconds of the processor in one of the clock. A machine that is
slow by itself gets more with BOOK_BUDGET_FACTOR (2 for half the speed).
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shutil
import subprocess
import sys
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHES = ROOT / "_build" / ".jupyter_cache"
EXECUTED = ROOT / "build" / "executed"  # nbmake passes over everything below a folder named _build
PACKAGES = ("numpy", "scipy", "scikit-learn", "matplotlib", "keras", "tensorflow")
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
TIMEOUT = 300
SLOWEST = 3  # notebooks to name when the budget is exceeded


@cache
def library_hash() -> str:
    """A name for everything but the notebook that its outputs depend on: the library, its data, the main packages.

    Comments and layout do not count. BOOK_CACHE_KEY, when set, is used instead: with a name such as "dev-mine" you can
    work on the library without executing every notebook again.
    """
    if key := os.environ.get("BOOK_CACHE_KEY"):
        return key
    digest = hashlib.sha256()
    for module in sorted((ROOT / "softmax_lib").rglob("*.py")):
        digest.update(f"{module.relative_to(ROOT).as_posix()}\n{ast.dump(ast.parse(module.read_bytes()))}".encode())
    for sums in sorted((ROOT / "softmax_lib" / "data").rglob("SHA256SUMS")):
        digest.update(sums.read_bytes())
    for package in PACKAGES:
        try:
            digest.update(f"{package} {version(package)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{package} is not installed\n".encode())
    return digest.hexdigest()[:16]


def cache_path() -> Path:
    """The folder of the cache for the library as it is now."""
    return CACHES / library_hash()


def notebooks_of_the_book() -> list[Path]:
    """The notebooks that _toc.yml lists, in its order."""
    import yaml

    entries = [yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))]
    found = []
    while entries:
        entry = entries.pop(0)
        if "file" in entry and (notebook := ROOT / f"{entry['file']}.ipynb").exists():
            found.append(notebook)
        entries[:0] = [*entry.get("parts", []), *entry.get("chapters", []), *entry.get("sections", [])]
    return found


def run(paths: list[Path]) -> int:
    """Execute the stale ones of `paths` and cache their outputs; the exit code."""
    import nbformat
    from jupyter_cache import get_cache

    for outdated in [path for path in CACHES.glob("*") if path != cache_path() and not path.name.startswith("dev-")]:
        shutil.rmtree(outdated)
    book_cache = get_cache(str(cache_path()))
    stale = [path for path in paths if not _is_cached(book_cache, nbformat.read(path, 4))]
    print(f"{len(paths) - len(stale)} of {len(paths)} notebooks are up to date.", flush=True)
    failures = 0
    for number, path in enumerate(stale, 1):
        print(f"[{number}/{len(stale)}] executing {path.relative_to(ROOT)}", flush=True)
        try:
            _execute_and_cache(book_cache, path)
        except NotebookFailed as failure:
            failures += 1
            print(f"{path.relative_to(ROOT)}: {failure}", file=sys.stderr, flush=True)
    if stale:
        print(f"Notebooks: {len(stale) - failures} passed, {failures} failed.", flush=True)
    return 1 if failures else 0


class NotebookFailed(Exception):
    """A notebook that did not run to its end, or printed what a reader must not see."""


def _is_cached(book_cache, notebook) -> bool:
    try:
        book_cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _execute_and_cache(book_cache, path: Path) -> None:
    import nbformat
    from jupyter_cache.base import CacheBundleIn

    copy = EXECUTED / path.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
    command = [
        sys.executable, "-m", "pytest", "--nbmake", "--overwrite", f"--nbmake-timeout={TIMEOUT}", str(copy),
        f"--rootdir={EXECUTED}", "--override-ini=addopts=", "--override-ini=filterwarnings=", "-p", "no:cacheprovider",
        "-q", "--no-header",
    ]  # fmt: skip
    before = cpu_seconds()
    result = subprocess.run(command, cwd=EXECUTED, check=False, capture_output=True, text=True)
    busy = cpu_seconds() - before
    executed = nbformat.read(copy, 4)
    if result.returncode:
        raise NotebookFailed(f"did not run to its end.\n{result.stdout}{result.stderr}")
    if complaints := complaints_of(executed):
        raise NotebookFailed("printed to stderr; a page shows no warning.\n" + "\n".join(complaints))
    seconds = seconds_of(executed)
    print(f"    {seconds:.1f} s, {busy:.1f} s of the processor", flush=True)
    source = nbformat.read(path, 4)
    for original, done in zip(source.cells, executed.cells, strict=True):
        if original.cell_type == "code":
            original.outputs, original.execution_count = done.outputs, done.execution_count
    book_cache.cache_notebook_bundle(
        CacheBundleIn(source, str(path), data={"execution_seconds": seconds, "cpu_seconds": busy}),
        check_validity=False,
        overwrite=True,
    )


def complaints_of(notebook) -> list[str]:
    """What cells printed to stderr, with the line each cell starts with."""
    return [
        f"    in the cell {cell.source.splitlines()[0]!r}: {output.text.strip()}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


def seconds_of(notebook) -> float:
    """Seconds between the start of the first code cell and the end of the last, as the client recorded them."""
    stamps = [
        datetime.fromisoformat(moment.replace("Z", "+00:00"))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for moment in cell.metadata.get("execution", {}).values()
    ]
    return (max(stamps) - min(stamps)).total_seconds() if stamps else 0.0


def cpu_seconds() -> float:
    """Seconds of the processor that ended child processes used, and theirs; 0 where the system does not count them."""
    spent = os.times()
    return spent.children_user + spent.children_system


def keep_to(cores: int) -> None:
    """Use this many cores at most, also in the processes that are started from now on; not all systems can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def strip(paths: list[Path]) -> int:
    """Write each notebook back without outputs, counts and editors' metadata; the exit code."""
    import nbformat

    for path in paths:
        notebook = nbformat.read(path, 4)
        notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
        for cell in notebook.cells:
            cell.metadata = {key: cell.metadata[key] for key in ("tags", "mystnb") if cell.metadata.get(key)}
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        text = nbformat.writes(notebook, 4) + "\n"
        if text != path.read_text("utf8"):
            path.write_text(text, "utf8", newline="\n")
            print(f"stripped {path}")
    return 0


def times(paths: list[Path], budget: float | None = None) -> int:
    """Print the seconds of each notebook's last execution; the exit code is 1 when they exceed the budget."""
    import nbformat
    from jupyter_cache import get_cache

    book_cache = get_cache(str(cache_path()))
    charged: dict[str, float] = {}
    missing = 0
    print(f"{'seconds':32} {'clock':>7} {'processor':>10} {'charged':>8}")
    for path in paths:
        name = str(path.relative_to(ROOT))
        try:
            data = book_cache.match_cache_notebook(nbformat.read(path, 4)).data
        except KeyError:
            missing += 1
            print(f"{name:32} not executed yet")
            continue
        clock, processor = data["execution_seconds"], data.get("cpu_seconds", 0.0)
        charged[name] = min(clock, processor) if processor else clock
        print(f"{name:32} {clock:7.1f} {processor:10.1f} {charged[name]:8.1f}")
    total = sum(charged.values())
    print(f"{'together':32} {total:27.1f}")
    if budget is None:
        return 0
    if missing:
        print(f"{missing} notebooks were not executed, so that the budget cannot be checked.", file=sys.stderr)
        return 1
    allowed = budget * float(os.environ.get("BOOK_BUDGET_FACTOR") or 1)
    print(f"{'budget':32} {allowed:27.1f}", flush=True)
    if total <= allowed:
        return 0
    slowest = sorted(charged, key=charged.get, reverse=True)[:SLOWEST]
    named = ", ".join(f"{name} ({charged[name]:.0f} s)" for name in slowest)
    print(
        f"The book takes {total - allowed:.0f} s more than its budget. Shorten the slowest: {named}.", file=sys.stderr
    )
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "strip", "times"])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook of _toc.yml")
    parser.add_argument("--cores", type=int, help="with run: use this many cores at most")
    parser.add_argument("--budget", type=float, help="with times: fail when all notebooks took more seconds together")
    arguments = parser.parse_args()
    if arguments.cores:
        keep_to(arguments.cores)
    paths = [path.resolve() for path in arguments.notebooks] or notebooks_of_the_book()
    if missing := [str(path) for path in paths if not path.exists()]:
        parser.error(f"no such notebook: {', '.join(missing)}")
    if arguments.action == "times":
        return times(paths, arguments.budget)
    return {"run": run, "strip": strip}[arguments.action](paths)


if __name__ == "__main__":
    sys.exit(main())
