r"""KaTeX's MathML made valid, for screen readers and for e-readers, which show nothing else; and made plain for the latter.

KaTeX writes an operator's name in a script as two elements where MathML counts them, so that x_{\max}^2 is read as
"x sub max to the power of function application", and a relation with a note over it as a token that holds elements.
"""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

from bs4 import BeautifulSoup, Tag

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
COUNTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mfrac", "mroot"}
APPLY = "\u2061"  # says that a function is applied to what follows: nothing, inside one of these
ElementTree.register_namespace("", NAMESPACE)


def _mended(found: re.Match) -> str:
    root, changed = ElementTree.fromstring(found[0]), False
    for element in list(root.iter()):
        name = element.tag.rpartition("}")[2]
        useless = [part for part in element if part.text == APPLY] if name in COUNTED else []
        for part in useless:
            element.remove(part)
        token = name in ("mi", "mo") and len(element) > 0
        if token:
            element.tag = f"{{{NAMESPACE}}}mrow"
            element.attrib.clear()
        changed = changed or bool(useless) or token
    return ElementTree.tostring(root, encoding="unicode") if changed else found[0]


def mend(formula: str) -> str:
    """The same HTML, with valid MathML in it."""
    return re.sub(r"<math\b.*?</math>", _mended, formula, flags=re.DOTALL)


def make_plain(math: Tag, soup: BeautifulSoup) -> None:
    """A formula for readers that know no more than MathML Core: the letters themselves, and room after a name."""
    math["alttext"] = math.annotation.extract().get_text().strip()  # a reader without MathML would show a note as text
    math.semantics.unwrap()
    for token in math.find_all(mathvariant=["bold", "double-struck"]):
        letters = token.get_text()
        if letters.isascii() and letters.isalnum():
            kind = token.attrs.pop("mathvariant").upper()
            token.string = "".join(_in_kind(kind, letter) for letter in letters)
    for apply in math.find_all("mo", string=APPLY):
        following = apply.find_next_sibling()
        if following is not None and following.get_text()[:1] not in "([{|":
            apply.insert_after(soup.new_tag("mspace", width="0.17em"))


def _in_kind(kind: str, letter: str) -> str:
    """The letter or digit as Unicode has it in that kind; seven of the double-struck ones are older than the others."""
    name = unicodedata.name(letter).replace("LATIN ", "").replace("LETTER ", "")
    older = kind == "DOUBLE-STRUCK" and letter in "CHNPQRZ"
    return unicodedata.lookup(f"{kind} {name}" if older else f"MATHEMATICAL {kind} {name}")
