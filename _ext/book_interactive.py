"""Interactive figures in the book: drawn while it is built, brought to life by scripts that all pages share.

In JupyterLab a figure of softmax_lib.interactive carries its script in its own output. Here that copy is stripped,
controls and first picture are drawn by the very same JavaScript in an embedded engine (so the page has its final size
before any script runs, and a reader without scripts or on paper sees the picture), and scripts are files that pages share.
There is also a directive, for pages that are not notebooks:

    ```{lab} softmax-explorer
    {"logits": [2.1, 0.3, -1.0], "labels": ["cat", "dog", "bird"]}
    ```

The public ways (ipywidgets, Plotly, Bokeh, thebe) need a kernel, another host, or megabytes.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from softmax_lib import interactive


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(interactive.script())
    return engine


def draw(figure: interactive.Figure, key: str) -> str:
    """The figure's HTML with its first state drawn; `key` makes the ids of its controls unique in the page."""
    arguments = ", ".join(json.dumps(part) for part in (figure.component, figure.spec, key, figure.description))
    return figure.to_html(_engine().eval(f"lab.render({arguments})"), key)


class Lab(SphinxDirective):
    """``{lab} name-of-component`` with the arguments of its Python function as JSON."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        function = getattr(interactive, self.arguments[0].replace("-", "_"), None)
        if function is None:
            raise self.error(f"there is no interactive figure {self.arguments[0]!r}")
        try:
            figure = function(**json.loads("\n".join(self.content) or "{}"))
        except (TypeError, ValueError) as problem:
            raise self.error(f"{self.arguments[0]}: {problem}") from problem
        return [nodes.raw("", figure.to_html(), format="html")]


class DrawFigures(SphinxPostTransform):
    """Replace the self-contained copies by figures drawn beforehand."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        raw_html = [node for node in self.document.findall(nodes.raw) if 'class="lab"' in node.astext()]
        for number, node in enumerate(raw_html, 1):
            if figure := interactive.Figure.from_html(node.astext()):
                node.replace_self(nodes.raw("", draw(figure, f"lab{number}"), format="html"))


def _write_assets(app: Sphinx) -> None:
    if app.builder.name in ("html", "singlehtml"):
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        for source in (Path(interactive.__file__).parent / "js").glob("*.js"):
            shutil.copyfile(source, static / f"lab-{source.name}")
        (static / "lab.css").write_text(interactive.stylesheet(), "utf8")


def _load_scripts(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """The runtime and the components that this page uses, and none on a page without."""
    used = sorted(set(re.findall(r'<script type="application/json">{"component":"([\w-]+)"', context.get("body", ""))))
    context["lab_scripts"] = [f"_static/lab-{name}.js" for name in (["lab", *used] if used else [])]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("lab", Lab)
    app.add_post_transform(DrawFigures)
    app.add_css_file("lab.css")
    app.connect("builder-inited", _write_assets)
    app.connect("html-page-context", _load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
