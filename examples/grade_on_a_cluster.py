"""Grade a class on the machines of a Dask cluster.

    make coursework                               # once: the assignments and their tests
    python examples/grade_on_a_cluster.py build/coursework/instructor/hw01 submissions/ results/
    python examples/grade_on_a_cluster.py … --scheduler tcp://scheduler:8786

Without a scheduler a cluster of two processes on this computer stands in, to try it. Each worker needs Linux with
bubblewrap and this repository with its requirements, and is started in its folder, so that it finds `coursework`:
`PYTHONPATH=. dask worker tcp://scheduler:8786 --nworkers -1 --nthreads 1`. Nothing else has to be shared: a submission
travels with the tests and the seed, its result comes back.
`python -m coursework grade --backend dask://scheduler:8786` does the same and writes the gradebook, too.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # coursework is not installed

import joblib
from dask.distributed import Client, LocalCluster

from coursework.assignment import load_assignment
from coursework.grade import grade_folder
from coursework.results import SubmissionResult


def main(arguments: list[str] | None = None) -> list[SubmissionResult]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment", type=Path, help="instructor's folder of one assignment")
    parser.add_argument("submissions", type=Path, help="folder of notebooks, each named by its student")
    parser.add_argument("results", type=Path, help="folder for one result a student; what is there is not done again")
    parser.add_argument("--scheduler", help="address of a cluster's scheduler")
    options = parser.parse_args(arguments)
    assignment = load_assignment(options.assignment)
    with ExitStack() as opened:
        cluster = options.scheduler or opened.enter_context(
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        )
        client = opened.enter_context(Client(cluster))
        opened.enter_context(joblib.parallel_config("dask"))
        start = time.perf_counter()
        graded = grade_folder(options.submissions, assignment, options.results, quiet=True)
        seconds = time.perf_counter() - start
        workers = len(client.scheduler_info()["workers"])
    for result in graded:
        print(f"{result.student:20} {result.points:g} of {result.possible:g}")
    print(f"{len(graded)} submissions in {seconds:.1f} s on {workers} workers")
    return graded


if __name__ == "__main__":
    main()
