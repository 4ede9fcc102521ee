"""The built book, served from a local port, and a browser in which every request to another host fails and is noted.

Without a built book or a Chromium these tests are skipped, saying how to get it; on CI (CI=true) they fail.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
LIGHT, DARK, PHONE = "light", "dark", "phone"
sys.path.insert(0, str(ROOT / "_ext"))

WATCH_SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) window.shifts += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
"""


def pages() -> list[str]:
    """Addresses of the built pages, relative to the book's root; without the redirect that index.html is."""
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return [page for page in found if page != "index.html" and not page.startswith("_static/")]


def absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="session")
def address():
    """Where the built book is served."""
    if not (SITE / "intro.html").exists():
        absent("the book is not built: run `make book`")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(SITE)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium: the one that CHROMIUM names, or the first on the PATH."""
    from playwright.sync_api import sync_playwright

    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "chrome"]
    program = next((found for name in names if name and (found := shutil.which(name))), None)
    if program is None:
        absent("no Chromium: install it (`apt install chromium`) or set CHROMIUM to its path")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=flags)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """One page, opened in one of three ways, and what happened while it loaded."""

    page: object
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)  # address -> bytes as a server would send them

    def weight(self, *kinds: str) -> int:
        return sum(size for name, size in self.weights.items() if not kinds or name.split("?")[0].endswith(kinds))


@pytest.fixture(scope="module")
def visit(address, browser):
    """A function that opens a page (once a module for each way) and returns the visit."""
    visits: dict[tuple[str, str], Visit] = {}
    contexts = []

    def open_page(name: str, how: str = LIGHT) -> Visit:
        if (name, how) in visits:
            return visits[name, how]
        size = {"width": 390, "height": 844} if how == PHONE else {"width": 1360, "height": 900}
        context = browser.new_context(viewport=size, color_scheme="dark" if how == DARK else "light")
        contexts.append(context)
        page = context.new_page()
        result = visits[name, how] = Visit(page)

        def guard(route) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                result.foreign.append(route.request.url)
                route.abort()

        def weigh(response) -> None:
            if response.ok:
                body = response.body()
                packed = response.url.split("?")[0].endswith((".woff2", ".png", ".webp", ".jpg"))
                result.weights[response.url.removeprefix(address)] = len(body if packed else gzip.compress(body, 9))

        page.route("**/*", guard)
        page.on("response", weigh)
        page.on("pageerror", lambda error: result.errors.append(str(error)))
        page.on("console", lambda m: result.errors.append(m.text) if m.type in {"error", "warning"} else None)
        page.add_init_script(WATCH_SHIFTS)
        page.goto(f"{address}/{name}", wait_until="load")
        page.wait_for_load_state("networkidle")
        return result

    yield open_page
    for context in contexts:
        context.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", pages() or ["intro.html"], scope="module")
