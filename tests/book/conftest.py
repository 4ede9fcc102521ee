"""The built book, served from a local port, and a browser that can reach no other host: what a page asks of one is noted.

Without a built book or a Chromium these tests are skipped, saying how to get it; on CI (CI=true) they fail.
A page is opened once in each way (light, dark, phone) and closed when the tests go on to the next page.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
LIGHT, DARK, PHONE = "light", "dark", "phone"
sys.path.insert(0, str(ROOT / "_ext"))

import browser as reader  # noqa: E402  (the folder of extensions is on the path only now)

SETTLED = reader.SETTLED  # what a page does by itself, it has done

WATCH_SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) window.shifts += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
"""
# Thrown to its end, a third of a screen in a frame; the answer is how far things moved meanwhile.
READ = """async (screens) => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight * screens) {
    scrollTo({ top, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
  scrollTo({ top: 0, behavior: "instant" });
  await new Promise(requestAnimationFrame);
  return window.shifts;
}"""


def pages() -> list[str]:
    """Addresses of the built pages."""
    return reader.pages(SITE)


def absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def address():
    """Where the built book is served."""
    if not (SITE / "intro.html").exists():
        absent("the book is not built: run `make book`")
    with reader.served(SITE) as where:
        yield where


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium."""
    if reader.find_chromium() is None:
        absent(reader.MISSING)
    with reader.chromium() as chromium:
        yield chromium


@dataclass
class Visit:
    """One page, opened in one of three ways, and what happened while it loaded."""

    page: object
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)  # address -> bytes as a server sends them
    shifts: float | None = None  # how far things moved while it was read

    def read(self) -> float:
        """Scroll to the end, once."""
        if self.shifts is None:
            self.shifts = self.page.evaluate(READ, 1 / 3)
        return self.shifts

    def weight(self, *kinds: str) -> int:
        return sum(size for name, size in self.weights.items() if not kinds or name.split("?")[0].endswith(kinds))

    def whole(self) -> object:
        """The page with everything drawn, near the window or not."""
        if not self.page.locator("#everything").count():
            self.page.evaluate("""() => document.head.insertAdjacentHTML("beforeend",
              "<style id=everything>* { content-visibility: visible !important; }</style>")""")
            self.page.evaluate(SETTLED)
        return self.page


@pytest.fixture(scope="module")
def visit(address, browser):
    """A function that opens a page and returns the visit; asked again for that page and way, the one already open."""
    visits: dict[tuple[str, str], Visit] = {}

    def leave(other_than: str) -> None:
        for key in [key for key in visits if key[0] != other_than]:
            visits.pop(key).page.context.close()

    def open_page(name: str, how: str = LIGHT) -> Visit:
        leave(other_than=name)
        if (name, how) in visits:
            return visits[name, how]
        size = {"width": 390, "height": 844} if how == PHONE else {"width": 1360, "height": 900}
        context = browser.new_context(viewport=size, color_scheme="dark" if how == DARK else "light")
        page = context.new_page()
        result = visits[name, how] = Visit(page)

        def look(request) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                result.foreign.append(request.url)

        def weigh(response) -> None:
            if response.ok and response.url.startswith(address):
                result.weights[response.url.removeprefix(address)] = int(response.headers["content-length"])

        page.on("request", look)
        page.on("response", weigh)
        page.on("pageerror", lambda error: result.errors.append(str(error)))
        page.on("console", lambda m: result.errors.append(m.text) if m.type in {"error", "warning"} else None)
        page.add_init_script(WATCH_SHIFTS)
        page.goto(f"{address}/{name}", wait_until="load")
        page.evaluate(SETTLED)
        return result

    yield open_page
    leave(other_than="")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", pages() or ["intro.html"], scope="module")
