"""Time from a key press to the next picture, for every interactive figure, on a processor slowed down four times.

    python benchmarks/explorers.py

Needs a built book and a Chromium, whose Event Timing is read: from the moment of the key press to the presentation of the
next frame, in steps of 8 ms; the median and the worst of the presses.
Writes ``benchmarks/results/explorers.json`` and ``explorers.md``.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "_ext"))

from browser import SETTLED, chromium, pages, served  # noqa: E402  (from the folder of extensions)

SLOWER, PRESSES = 4, 15
WATCH = """
window.times = [];
new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (e.name === "keydown") window.times.push(e.duration); }))
  .observe({ type: "event", durationThreshold: 16 });
"""
COMPONENT = """(e) => JSON.parse(e.querySelector("script[type='application/json']").textContent).component"""
PAUSE = 150  # milliseconds between presses
LIMIT = 50  # milliseconds


def measure(page, session, figure) -> dict:
    """Press an arrow key on the figure's first control and wait for the picture, many times."""
    control = figure.locator("input:not([type=hidden]), select, button, .lab-handle").first
    control.focus()
    kind = control.get_attribute("type") or ""
    keys = {"range": ["ArrowRight", "ArrowLeft"], "checkbox": ["Space"], "radio": ["ArrowRight"], "button": ["Enter"]}
    keys = keys.get(kind, ["ArrowDown", "ArrowUp"])
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate("window.times.length = 0")
    for press in range(PRESSES):
        page.keyboard.press(keys[press % len(keys)])
        page.wait_for_timeout(PAUSE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    times = page.evaluate("window.times") or [16]  # shorter ones are not reported
    times += [16] * (PRESSES - len(times))
    return {"median": statistics.median(times), "worst": max(times)}


def main() -> None:
    rows = []
    with served(SITE) as address, chromium() as browser:
        for name in pages(SITE):
            if 'class="lab-picture"' not in (SITE / name).read_text("utf8"):
                continue
            page = browser.new_page(viewport={"width": 1360, "height": 900})
            page.add_init_script(WATCH)
            page.goto(f"{address}/{name}", wait_until="load")
            page.evaluate(SETTLED)
            session = page.context.new_cdp_session(page)
            for figure in page.locator("figure.lab").all():
                figure.scroll_into_view_if_needed()
                component = figure.evaluate(COMPONENT)
                rows.append({"page": name, "component": component, **measure(page, session, figure)})
                print(f"{name:32} {component!s:20} {rows[-1]['median']:5.1f} {rows[-1]['worst']:5.1f} ms", flush=True)
            page.close()
    lines = [
        "# From a key press to the picture",
        "",
        f"Milliseconds from a key press to the presentation of the next frame, on a processor slowed down {SLOWER} times; {PRESSES}",
        f"presses, in the browser's steps of 8 ms. To reach: {LIMIT}.",
        "",
        machine.measured(),
        "",
        "| page | figure | median | worst |",
        "|---|---|--:|--:|",
        *(f"| {row['page']} | {row['component']} | {row['median']:.0f} | {row['worst']:.0f} |" for row in rows),
    ]
    (RESULTS / "explorers.json").write_text(json.dumps(rows, indent=1) + "\n", "utf8")
    (RESULTS / "explorers.md").write_text("\n".join(lines) + "\n", "utf8")


if __name__ == "__main__":
    main()
