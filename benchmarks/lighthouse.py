"""Ask Lighthouse about every page of the built book, as on a phone, and weigh what the page loads.

    python benchmarks/lighthouse.py                    every page: two minutes where nothing else runs
    python benchmarks/lighthouse.py --runs 5           the median of five, which steadies the performance
    python benchmarks/lighthouse.py chapters/01-softmax.html

Needs a built book, a Chromium and Lighthouse (`npm install --global lighthouse`, or `npx`, which fetches it); nothing
else in the project needs Node. The book is served compressed from this machine, as GitHub Pages does.
Writes ``benchmarks/results/lighthouse.json`` and ``lighthouse.md``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "_ext"))

from browser import FLAGS, MISSING, SETTLED, chromium, find_chromium, pages, served  # noqa: E402  (from the folder of extensions)

CATEGORIES = {"performance": "performance", "accessibility": "accessibility", "best-practices": "best practices", "seo": "SEO"}  # fmt: skip
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}
KILOBYTE = 1000


def program() -> list[str]:
    """The command that starts Lighthouse."""
    if found := os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse"):
        return [found]
    if found := shutil.which("npx"):
        return [found, "--yes", "lighthouse@12"]
    raise SystemExit("Lighthouse is not here: install Node and run `npm install --global lighthouse`.")


def report(address: str) -> dict:
    """Scores, layout shift and failed audits of one page."""
    command = [*program(), address, "--quiet", "--output=json", "--output-path=stdout",
               f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags=--headless=new {' '.join(FLAGS[:-1])}"]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": find_chromium()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout)
    audits = found["audits"]
    weighed = {ref["id"] for kind in CATEGORIES for ref in found["categories"][kind]["auditRefs"] if ref["weight"]}
    return {
        **{kind: round(100 * found["categories"][kind]["score"]) for kind in CATEGORIES},
        "shift": audits["cumulative-layout-shift"]["numericValue"],
        "paint": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "blocked": audits["total-blocking-time"]["numericValue"],
        "failed": sorted(name for name in weighed if (audits[name]["score"] or 0) < 0.9 and audits[name]["score"] is not None),
    }  # fmt: skip


def weight(browser, address: str, name: str) -> dict:
    """Bytes on the wire when the page is opened on a phone, and its requests."""
    sizes: dict[str, int] = {}
    page = browser.new_page(**PHONE)
    page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", 0))}))
    page.goto(f"{address}/{name}", wait_until="load")
    page.evaluate(SETTLED)
    page.close()
    text = (SITE / name).read_text("utf8")
    bare = re.sub(r'<svg class="book-figure".*?</svg>', "", text, flags=re.DOTALL)
    drawn = len(gzip.compress(text.encode(), 9)) - len(gzip.compress(bare.encode(), 9))
    files = sum(size for url, size in sizes.items() if url.endswith((".png", ".webp", ".jpg")))
    return {
        "requests": len(sizes),
        "bytes": sum(sizes.values()),
        "pictures": drawn + files,
        "page": sizes[f"{address}/{name}"],
        "explorers": text.count('class="lab-picture"'),
    }


def table(rows: list[dict]) -> str:
    """The rows as Markdown, with what to reach above them."""
    lines = [
        "# Every page on a phone",
        "",
        "Lighthouse's simulated phone (4 × slower processor, slow 4G), median of the runs; bytes as a server sends them,",
        "compressed. To reach: performance 95 (90 with an explorer), 100, 100 and 95; layout shift 0.02; 600 KB without",
        "pictures. The largest paint and the time the page is blocked are what the performance is made of.",
        "",
        machine.measured(),
        "",
        "| page | performance | accessibility | best practices | SEO | shift | largest paint | blocked | requests | KB | of it pictures | explorers |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row['name']} | {row['performance']} | {row['accessibility']} | {row['best-practices']} | {row['seo']} | {row['shift']:.3f} "
        f"| {row['paint']:.1f} s | {row['blocked']:.0f} ms | {row['requests']} | {row['bytes'] / KILOBYTE:.0f} "
        f"| {row['pictures'] / KILOBYTE:.0f} | {row['explorers']} |"
        for row in rows
    ]
    failed = {row["name"]: row["failed"] for row in rows if row["failed"]}
    if failed:
        lines += ["", "Audits below 90:", "", *(f"- {name}: {', '.join(audits)}" for name, audits in failed.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", help="addresses below the book's root; default: every page")
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    if find_chromium() is None:
        parser.error(MISSING)
    names = arguments.pages or pages(SITE)
    if not names:
        parser.error("the book is not built: run `make book`")
    rows = []
    with served(SITE) as address:
        with chromium() as browser:
            weights = {name: weight(browser, address, name) for name in names}
        for name in names:
            runs = [report(f"{address}/{name}") for _ in range(arguments.runs)]
            middle = {key: statistics.median(run[key] for run in runs) for key in runs[0] if key != "failed"}
            failed = sorted(set.intersection(*(set(run["failed"]) for run in runs)))
            rows.append({"name": name, **middle, "failed": failed, **weights[name]})
            print(f"{name:32}", *(f"{kind} {rows[-1][kind]:.0f}" for kind in CATEGORIES), *failed, flush=True)
    if not arguments.pages:
        (RESULTS / "lighthouse.json").write_text(json.dumps(rows, indent=1) + "\n", "utf8")
        (RESULTS / "lighthouse.md").write_text(table(rows), "utf8")


if __name__ == "__main__":
    main()
