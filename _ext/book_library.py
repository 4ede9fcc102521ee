"""The page of the library: what autodoc does not say about a function.

``{names}`functions` `` links all names of ``softmax_lib.functions`` in one line, for the table at the top of the page. Under
each function and class stands in which chapters' code it is used, read from the notebooks whenever the page is built: a
line in a docstring was wrong as soon as a chapter changed. And a signature shows what a reader can write: not Keras'
``(*args, **kwargs)``, no private name as a default. Public extensions link from examples to functions (sphinx-codeautolink)
or list functions with half a sentence each (autosummary); the way back, from a function to the chapters, none of them has.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import sys
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from sphinx.util.inspect import stringify_signature

LIBRARY = "softmax_lib"


class Names(SphinxRole):
    """Links to all functions and classes of a module of the library."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        module = importlib.import_module(f"{LIBRARY}.{self.text}")
        found: list[nodes.Node] = []
        for name in (name for name in module.__all__ if not name.isupper()):  # no constants
            link = addnodes.pending_xref(
                "", nodes.literal(text=name), refdoc=self.env.docname, refdomain="py", reftype="obj",
                reftarget=f"{module.__name__}.{name}", refexplicit=True, refwarn=True,
            )  # fmt: skip
            found += [nodes.Text(", "), link]
        return found[1:], []


def used_names(code: str) -> set[str]:
    """What `code` uses of the library, as ``softmax_lib.softmax`` or ``softmax_lib.plotting.figure``."""
    tree = ast.parse(re.sub(r"(?m)^\s*[%!].*", "", code))
    meaning = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            meaning |= {alias.asname: alias.name for alias in node.names if alias.name.split(".")[0] == LIBRARY}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == LIBRARY:
            meaning |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def dotted(node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return meaning.get(node.id, "")
        inner = dotted(node.value) if isinstance(node, ast.Attribute) else ""
        return f"{inner}.{node.attr}" if inner else ""

    read = (node for node in ast.walk(tree) if isinstance(getattr(node, "ctx", None), ast.Load))
    return {name for node in read if (name := dotted(node))}


@cache
def names_in(notebook: Path, changed: int) -> set[str]:
    """What a notebook uses of the library, solutions included; `changed` is the file's time in nanoseconds."""
    cells = json.loads(notebook.read_text("utf8"))["cells"]
    return used_names("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))


def _say_where(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    if what not in ("function", "class") or not name.startswith(LIBRARY):
        return
    either, links = {name, f"{LIBRARY}.{name.rpartition('.')[2]}"}, []
    for page in sorted(page for page in app.env.found_docs if page.startswith("chapters/")):
        notebook = Path(app.env.doc2path(page))
        app.env.note_dependency(str(notebook))
        if either & names_in(notebook, notebook.stat().st_mtime_ns):
            links.append(f":doc:`{int(notebook.name[:2])} </{page}>`")
    if links:
        listed = " and ".join(filter(None, [", ".join(links[:-1]), links[-1]]))
        lines += ["", f"Used in chapter{'s' if links[1:] else ''} {listed}.", ""]


def _sign(app: Sphinx, what: str, name: str, obj: object, options: object, said: str | None, returns: str | None):
    if what == "class" and said == "(*args, **kwargs)":
        written = inspect.signature(obj.__init__)
        written = written.replace(parameters=list(written.parameters.values())[1:])
        return stringify_signature(written, show_annotation=False), returns
    private = vars(sys.modules.get(getattr(obj, "__module__", ""), ast))
    return said and re.sub(r"=(_\w+)", lambda default: f"={private[default[1]]!r}", said), returns


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_role("names", Names())
    app.connect("autodoc-process-docstring", _say_where, priority=900)  # after napoleon
    app.connect("autodoc-process-signature", _sign)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
