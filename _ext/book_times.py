"""``{times}``: how long each notebook took in the run that made the pages, by title, in seconds, with the sum.

myst-nb has ``{nb-exec-table}``, which shows file names, dates and the word "cache" in every row, and a sign for success
that is always the same here, since a failed notebook stops the build; five columns do not fit a phone.
"""

from __future__ import annotations

from docutils import nodes
from myst_nb.ext.execution_tables import METADATA_KEY
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class times(nodes.General, nodes.Element):  # a node is named like its element
    """Where the table will be: the times are known when all notebooks have been read."""


class Times(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        NbMetadataCollector.set_doc_data(self.env, self.env.docname, METADATA_KEY, True)  # write anew after a run
        return [times()]


def _row(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


class Fill(SphinxPostTransform):
    default_priority = 8

    def run(self, **kwargs: object) -> None:
        for place in list(self.document.findall(times)):
            place.replace_self(self._table())

    def _table(self) -> nodes.table:
        known = {name: data.get("exec_data") for name, data in NbMetadataCollector.get_doc_data(self.env).items()}
        rows, total = [], 0.0
        for name in self.env.config.external_site_map:
            if not known.get(name):
                continue
            seconds = known[name]["runtime"] or 0.0
            total += seconds
            title = self.env.titles[name].astext()
            link = nodes.reference(
                "", title, internal=True, refuri=self.app.builder.get_relative_uri(self.env.docname, name)
            )
            rows.append(_row(link, nodes.Text(f"{seconds:.0f}")))
        rows.append(_row(nodes.strong(text="Together"), nodes.strong(text=f"{total:.0f}")))
        head = nodes.thead("", _row(nodes.Text("Notebook"), nodes.Text("Seconds")))
        columns = [nodes.colspec(colwidth=width) for width in (5, 1)]
        return nodes.table("", nodes.tgroup("", *columns, head, nodes.tbody("", *rows), cols=2), classes=["times"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(times)
    app.add_directive("times", Times)
    app.add_post_transform(Fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
