"""Buttons that open a chapter on Binder, Colab or a JupyterHub, once the repository is known.

The theme has such buttons, too, but warns (an error in a strict build) about Colab where the repository is not on
GitHub, writes Binder addresses of other hosts that Binder does not take, and opens on Colab the notebook of the
repository, which installs nothing: a chapter imports the library and leaves the installation to the reader. The button
here opens the copy on the branch "colab", to which colab.py has added a cell that installs what is missing.

_config.yml names the services under launch_buttons; BOOK_JUPYTERHUB_URL in the environment adds a hub.
"""

from __future__ import annotations

import os
from html import escape
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

COLAB_BRANCH = "colab"


def links(services: dict[str, str], repository: str, branch: str, page: str) -> list[tuple[str, str]]:
    """Name and address of each service that can open the notebook of a page; none without a repository."""
    if not repository:
        return []
    host, path = urlsplit(repository).netloc, urlsplit(repository).path.strip("/").removesuffix(".git")
    notebook = f"{page}.ipynb"
    found = []
    if binder := services.get("binderhub_url"):
        known = {"github.com": f"gh/{path}", "gitlab.com": f"gl/{quote(path, safe='')}"}
        place = known.get(host, f"git/{quote(repository, safe='')}")
        found.append(
            ("Binder", f"{binder.rstrip('/')}/v2/{place}/{quote(branch, safe='')}?urlpath=lab/tree/{notebook}")
        )
    if (colab := services.get("colab_url")) and host == "github.com":
        found.append(("Colab", f"{colab.rstrip('/')}/github/{path}/blob/{COLAB_BRANCH}/{notebook}"))
    if hub := services.get("jupyterhub_url"):
        folder = path.rsplit("/", 1)[-1]  # nbgitpuller names the clone like this
        query = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{folder}/{notebook}"}
        found.append(("JupyterHub", f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"))
    return found


def _take_over(app: Sphinx, config: Config) -> None:
    """The theme gets no services, so that it draws no buttons of its own."""
    services = dict(config.html_theme_options.pop("launch_buttons", None) or {})
    if hub := os.environ.get("BOOK_JUPYTERHUB_URL"):
        services["jupyterhub_url"] = hub
    app.book_services = services
    config.html_theme_options["launch_buttons"] = {}


def _add_buttons(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is None or not app.env.doc2path(page).endswith(".ipynb"):
        return
    options = app.config.html_theme_options
    found = links(app.book_services, options["repository_url"], options["repository_branch"], page)
    buttons = [
        {
            "type": "link",
            "text": name,
            "tooltip": f"Open this chapter on {name}",
            "url": escape(url),
            "icon": "fas fa-play",
        }
        for name, url in found
    ]
    if buttons:
        group = {"type": "group", "tooltip": "Run this chapter", "icon": "fas fa-rocket", "label": "launch-buttons"}
        context["header_buttons"].insert(0, group | {"buttons": buttons})


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", _take_over, priority=450)  # after book_theme has set the repository
    app.connect("html-page-context", _add_buttons, priority=510)  # after the theme has collected its own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
