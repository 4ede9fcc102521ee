"""Settings that _config.yml cannot make: the repository's address, the cache's name, and that all pages are there.

Jupyter Book hands its theme options over as a whole, so that setting one in _config.yml drops the others; they are
set here. A public extension would know neither this book's notebooks nor its environment variables.

BOOK_REPOSITORY_URL and BOOK_REPOSITORY_BRANCH (or GitHub's and GitLab's own variables in their CI) say where this
copy of the book lives; without them the pages show no button that leads nowhere. BOOK_FILES names the files of the whole
book that will lie beside the pages; `make site` sets it.
"""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import notebooks
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError

THEME_OPTIONS = {
    "use_fullscreen_button": False,
    "use_sidenotes": True,
    "show_navbar_depth": 1,
    "toc_title": "On this page",
    "footer_content_items": "book-footer.html",
    "navbar_persistent": [],
    "show_toc_level": 2,
}
WORDS_A_MINUTE = 200


def repository(environment: dict[str, str]) -> tuple[str, str]:
    """Address and branch of the repository, from the environment; empty where it does not say."""
    get = environment.get
    url = get("BOOK_REPOSITORY_URL") or get("CI_PROJECT_URL") or ""
    if not url and get("GITHUB_REPOSITORY"):
        url = f"{get('GITHUB_SERVER_URL', 'https://github.com')}/{get('GITHUB_REPOSITORY')}"
    branch = get("BOOK_REPOSITORY_BRANCH") or get("CI_DEFAULT_BRANCH") or get("GITHUB_REF_NAME") or ""
    return url.rstrip("/"), branch


def provider(url: str) -> str:
    """Whose forms of address a repository's host uses; the theme knows only the public hosts."""
    host = urlsplit(url).netloc
    return next((name for name in ("github", "bitbucket") if name in host), "gitlab")


def _configure(app: Sphinx, config: Config) -> None:
    config.nb_execution_cache_path = str(notebooks.cache_path())
    options = config.html_theme_options
    options.update(THEME_OPTIONS)
    url, branch = repository(dict(os.environ))
    options["repository_url"] = url or options.get("repository_url", "")
    options["repository_branch"] = branch or options.get("repository_branch") or "main"
    options["repository_provider"] = provider(options["repository_url"])
    config.html_context["book_files"] = os.environ.get("BOOK_FILES", "").split()
    known = bool(options["repository_url"])
    options.update(use_repository_button=known, use_issues_button=known, use_edit_page_button=known)


def minutes_to_read(doctree: nodes.document) -> int:
    """Minutes that the page's prose takes, code and boxes included."""
    return max(1, math.ceil(len(re.findall(r"\w+", doctree.astext())) / WORDS_A_MINUTE))


def _say_minutes(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Under the title of a chapter, unless its opening box states the time."""
    if doctree is not None and page.startswith("chapters/") and "min to read" not in doctree.astext():
        line = f'</h1>\n<p class="reading-time">{minutes_to_read(doctree)} minutes to read</p>'
        context["body"] = context["body"].replace("</h1>", line, 1)


def _hide_paths(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """A traceback shows where a file lies on the machine that built the book; cut that down to the part that tells."""
    body = context.get("body", "").replace(f"{notebooks.ROOT.as_posix()}/", "")
    context["body"] = re.sub(r"(?<=[\s>])[^\s<>\"]*/(?:site-packages|lib/python3\.\d+)/", "", body)


def _all_pages_are_there(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    expected = [document for document in app.config.external_site_map]
    missing = [document for document in expected if not (Path(app.outdir) / f"{document}.html").is_file()]
    if missing:
        raise SphinxError(f"these pages of _toc.yml were not built: {', '.join(missing)}")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", _configure, priority=400)
    app.connect("html-page-context", _say_minutes)
    app.connect("html-page-context", _hide_paths)
    app.connect("build-finished", _all_pages_are_there)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
