"""Formulas are drawn while the book is built, by KaTeX in an embedded JavaScript engine.

The page then needs no script for its mathematics, a screen reader gets MathML, and a formula that KaTeX does not
understand is a warning, hence fails a strict build. Of the public extensions, sphinx.ext.mathjax asks a content
network, shifts the page while it loads and weighs ten times as much; sphinxcontrib-katex renders at build time only
with Node installed and lets bad TeX through.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from mathml import mend
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
TIE = "<!--tie-->"
NUMBERED = {"align": "align*", "gather": "gather*", "equation": "equation*", "alignat": "alignat*"}


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval((Path(__file__).parent / "katex" / "katex.min.js").read_text("utf8"))
    return engine


@cache
def render(tex: str, display: bool, macros: str = "{}", output: str = "htmlAndMathml") -> str:
    """HTML and MathML of one formula, or MathML alone; raises JSEvalException where the TeX is wrong."""
    options = {"displayMode": display, "throwOnError": True, "strict": "error", "output": output}
    options["macros"] = json.loads(macros)
    return mend(_engine().eval(f"katex.renderToString({json.dumps(tex)}, {json.dumps(options)})"))


def _render_or_warn(translator, node: nodes.Element, tex: str, display: bool) -> str:
    output = "mathml" if translator.builder.name == "epub" else "htmlAndMathml"
    try:
        return render(tex, display, json.dumps(translator.config.book_math_macros, sort_keys=True), output)
    except JSEvalException as error:
        reason = next((line for line in str(error).splitlines() if "ParseError" in line), str(error).splitlines()[0])
        logger.warning("this formula is not valid TeX: %s\n%s", tex, reason, location=node, type="book", subtype="math")
        return f"<code>{translator.encode(tex)}</code>"


def _inline(translator, node: nodes.math) -> None:
    formula = _render_or_warn(translator, node, node.astext(), display=False)
    formula = f'<span class="math notranslate">{formula}</span>'
    following = node.next_node(descend=False, siblings=True)
    comma = isinstance(following, nodes.Text) and following.astext().startswith(tuple(",.;:!?)"))
    if comma and not isinstance(node.parent, nodes.title):
        # No line begins with the comma after a formula: a browser breaks beside a box unless what holds both forbids it.
        start, box, rest = formula.rpartition('<span class="katex-base">')
        formula = f'<span class="tied">{start}<span class="last">{box}{rest}</span>{TIE}'
    translator.body.append(formula)
    raise nodes.SkipNode


def _tie(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Close the elements that hold a formula and the comma after it."""
    context["body"] = re.sub(f"{TIE}([,.;:!?)]*)", r"\1</span>", context.get("body", ""))


def _block(translator, node: nodes.math_block) -> None:
    tex = node.astext()
    for numbered, plain in NUMBERED.items():  # the book writes the numbers, not KaTeX
        tex = tex.replace(f"{{{numbered}}}", f"{{{plain}}}")
    if r"\begin" not in tex and r"\\" in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    translator.body.append(f'<div class="formula">{_render_or_warn(translator, node, tex, display=True)}</div>')
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("book_math_macros", {}, "env", dict)
    app.add_html_math_renderer("katex", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("html-page-context", _tie)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
