"""Chinese words say that they are Chinese: each run of Han characters on a page becomes ``<span lang="zh-Hans">``.

A screen reader then speaks them with a Chinese voice, and a browser takes the simplified shape of a character, which an
English page leaves to chance. Authors write the words as they are. The public extensions for several languages translate
whole books (sphinx-intl); none marks the words of one language within a page of another.
"""

from __future__ import annotations

import re

from book_words import texts
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

HAN = "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"
LATIN = r"[ –-]?(?:[A-Z]+|[a-z]|(?<=（)[\w -]+(?=）))?[ –-]?"  # a letter, an acronym, a name in brackets within Chinese
CHINESE = re.compile(f"({HAN}+(?:{LATIN}{HAN}+)*)")


class Mark(SphinxPostTransform):
    """Wrap the runs; docutils writes a class ``language-…`` as the attribute ``lang``."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for text in texts(self.document, CHINESE):
            parts = enumerate(CHINESE.split(text))
            text.parent.replace(text, [_chinese(part) if odd % 2 else nodes.Text(part) for odd, part in parts])


def _chinese(words: str) -> nodes.inline:
    return nodes.inline("", words, classes=["language-zh-Hans"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
