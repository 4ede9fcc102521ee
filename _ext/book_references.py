"""The list of references in the order in which a reader looks: by the name that the text gives.

The chapters cite by author and year ("Guo et al., 2017"), so the list is sorted by author, and each entry begins with
the family name of its first author. The styles that come with pybtex put given names first, whatever they sort by; its
option for names turns the names of all authors around, which makes long lists hard to read.
"""

from __future__ import annotations

import unicodedata

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as Plain
from pybtex.style.names.lastfirst import NameStyle as FamilyFirst
from pybtex.style.sorting import BaseSortingStyle
from pybtex.style.template import FieldIsMissing, join, node, sentence
from sphinx.application import Sphinx


@node
def authors(children: list, data: dict) -> object:
    """Blanchard, Pierre, Desmond J. Higham, and Nicholas J. Higham."""
    style, entry = data["style"], data["entry"]
    if "author" not in entry.persons:
        raise FieldIsMissing("author", entry)
    first, *others = entry.persons["author"]
    names = [FamilyFirst().format(first), *(style.format_name(person) for person in others)]
    return join(sep=", ", sep2=", and ", last_sep=", and ")[names].format_data(data)


class ByName(BaseSortingStyle):
    """By authors, year and title; ö stands with o."""

    def sorting_key(self, entry: Entry) -> list[str]:
        people = [" ".join(person.last_names + person.first_names) for person in entry.persons.get("author", [])]
        words = [*people, entry.fields.get("year", ""), entry.fields.get("title", "")]
        return ["".join(c for c in unicodedata.normalize("NFKD", word) if c.isascii()).casefold() for word in words]


class Style(Plain):
    """pybtex's plain style, but for the first author."""

    default_sorting_style = ByName

    def format_names(self, role: str, as_sentence: bool = True) -> object:
        if role != "author":
            return super().format_names(role, as_sentence)
        return sentence[authors] if as_sentence else authors


def setup(app: Sphinx) -> dict[str, bool]:
    register_plugin("pybtex.style.formatting", "family_first", Style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
