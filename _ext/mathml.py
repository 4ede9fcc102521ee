r"""KaTeX's MathML made valid, for screen readers and for e-readers, which show nothing else. Called by book_math.

KaTeX writes an operator's name in a script as two elements where MathML counts them, so that x_{\max}^2 is read as
"x sub max to the power of function application", and a relation with a note over it as a token that holds elements.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

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
