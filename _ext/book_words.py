"""What stays together: no line ends between 80 and %, in the middle of 28 × 28 or 0.9 ± 0.1, or in short code as -inf.

The texts have ordinary spaces there, as one types them. docutils' smart quotes know quotes and dashes only.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SPACE = re.compile(r"(?<=\d) (?=[%×±])|(?<=[×±]) (?=\d)")
SHORT = 14  # letters of code that any line can hold
AS_TYPED = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)


def together(text: str) -> str:
    """The text with no-break spaces between a number and its sign.

    Examples
    --------
    >>> together("80 % of 28 × 28 pixels")
    '80\\xa0% of 28\\xa0×\\xa028 pixels'
    """
    return SPACE.sub("\N{NO-BREAK SPACE}", text)


def texts(document: nodes.document, pattern: re.Pattern) -> list[nodes.Text]:
    """The texts that are not shown as typed and hold what the pattern finds."""
    found = (text for text in document.findall(nodes.Text) if pattern.search(text))
    return [text for text in found if not isinstance(text.parent, AS_TYPED)]


class Together(SphinxPostTransform):
    """Treat every text that is not shown as typed, and name the short code for the style sheet."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for text in texts(self.document, SPACE):
            text.parent.replace(text, nodes.Text(together(text)))
        for code in self.document.findall(nodes.literal):
            if len(code.astext()) <= SHORT:
                code["classes"].append("short")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
