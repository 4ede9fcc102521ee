"""The page for addresses that the book does not have: 404.html, which GitHub Pages and GitLab Pages show then.

It is shown under the missing address, at any depth, so that relative links and style sheets would lead nowhere: it
carries its style with it, and finds the book's root by itself. sphinx-notfound-page writes absolute addresses into the
theme's page instead, and has to be told where the book will be.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx


def root(base: str) -> str:
    """The path of the book on its host, with a slash at the end; "" where nobody said the address."""
    return f"{urlsplit(base).path.rstrip('/')}/" if base else ""


def _write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    chapters = [(name, titles[name]) for name in app.config.external_site_map if name.startswith("chapters/")]
    base = os.environ.get("BOOK_BASE_URL") or app.config.html_baseurl
    context = {"book_title": app.config.html_title, "chapters": chapters, "root": root(base)}
    page = app.builder.templates.render("404.html", context)
    (Path(app.outdir) / "404.html").write_text(page, "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", _write, priority=900)  # after the style sheet is made of what the pages use
    return {"parallel_read_safe": True, "parallel_write_safe": True}
