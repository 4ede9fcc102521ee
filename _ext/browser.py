"""The reader's side: a Chromium, and the built book as a web server hands it out.

Used by the page tests (tests/book), by the printed book (_ext/pdf.py) and by the measurements of pages (benchmarks).
"""

from __future__ import annotations

import gzip
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# No graphics card, no traffic of the browser's own, and no other host: what a page asks of one fails.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
PACKED = (".woff2", ".png", ".webp", ".jpg", ".pdf")  # a server sends them as they are
MISSING = "no Chromium: install it (`apt install chromium`) or set CHROMIUM to its path"


def find_chromium() -> str | None:
    """Path of the Chromium that CHROMIUM names, or of the first on the PATH."""
    return next(
        (found for name in (os.environ.get("CHROMIUM"), *NAMES) if name and (found := shutil.which(name))), None
    )


def pages(site: Path) -> list[str]:
    """Addresses of the built pages, relative to the book's root; without the redirect index.html, and 404.html."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in found if name not in ("index.html", "404.html") and not name.startswith("_static/")]


# A page's scripts come after its first picture; then its fonts are there, and two frames drawn.
SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  while (document.documentElement.dataset.scripts === "wait") await frame();
  await document.fonts.ready;
  await frame();
  await frame();
}"""


@contextmanager
def chromium() -> Iterator:
    """A headless Chromium for Playwright; FileNotFoundError where there is none."""
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if program is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@cache
def packed(path: Path, changed: int) -> bytes:
    """The file as a server sends it; `changed` is its time in nanoseconds."""
    content = path.read_bytes()
    return content if path.suffix in PACKED else gzip.compress(content, 9, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Compressed as on GitHub Pages, and silent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found, missing = path.is_file(), Path(self.directory) / "404.html"
        path = path if found else missing
        if not path.is_file():
            self.send_error(404)
            return
        content = packed(path, path.stat().st_mtime_ns)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix not in PACKED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser may close a connection whenever it likes."""


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address at which `folder` is served on this machine."""
    server = Server(("127.0.0.1", port), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
