"""One frame for every HTML page that the grader writes: self-contained, for light and dark, for screen and paper.

The pages hold names and text that others wrote, so everything goes through `escape`. A template engine would do as
well; for four pages its environment is more to read than these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from .tables import write_text

__all__ = ["bar", "escape", "page", "points", "table"]

STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --muted: #565e6b; --rule: #7a828f; --grid: #d9dde3; --paper: #fdfdfe;
  --tint: #f4f5f7; --accent: #0b6390; --good: #006f51; --bad: #a13f00; --mark: #ffe8b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e9ec; --muted: #a9b1bd; --rule: #828b99; --grid: #3a414c;
  --paper: #15181d; --tint: #1d2127; --accent: #6fc0ea; --good: #5fd0aa; --bad: #f5a06b; --mark: #4d3c10; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
main.wide { max-width: 100rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.good { color: var(--good); } .bad { color: var(--bad); }
.sum { font-size: 1.4rem; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0 1rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--grid); }
td.number, th.number { text-align: right; }
ul.tests { list-style: none; padding: 0; }
ul.tests > li { padding: .5rem 0 .5rem 1.6rem; border-bottom: 1px solid var(--grid); position: relative; }
ul.tests > li > .sign { position: absolute; left: 0; font-weight: 700; }
ul.tests p { margin: .2rem 0 0; }
pre { background: var(--tint); padding: .7rem .9rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre mark, mark { background: var(--mark); color: inherit; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; }
@media (max-width: 40rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
.bar { fill: var(--accent); } .axis { stroke: var(--rule); } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media print { main { max-width: none; padding: 0; } .pair, li, table { break-inside: avoid; } }
"""


def page(path: Path, title: str, body: str, *, wide: bool = False) -> Path:
    """Write a page; `title` is text, `body` is HTML (escape what goes into it)."""
    kind = ' class="wide"' if wide else ""
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<main{kind}>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return write_text(path, text)


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()) -> str:
    """An HTML table; the cells are HTML, the first of each row is its heading, `numbers` are aligned to the right."""
    right = set(numbers)
    kind = [' class="number"' if place in right else "" for place in range(len(header))]
    head = "".join(f'<th scope="col"{kind[place]}>{name}</th>' for place, name in enumerate(header))
    lines = []
    for row in rows:
        first, *rest = row
        cells = "".join(f"<td{kind[place]}>{cell}</td>" for place, cell in enumerate(rest, 1))
        lines.append(f'<tr><th scope="row"{kind[0]}>{first}</th>{cells}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table><caption>{escape(caption)}'
        f"</caption><thead><tr>{head}</tr></thead>\n<tbody>{''.join(lines)}</tbody></table></div>"
    )


def bar(share: float, *, width: int = 120) -> str:
    """A small bar of `share` (0 to 1) of its width; the number itself must stand beside it."""
    share = min(1.0, max(0.0, share))
    return (
        f'<svg width="{width}" height="10" aria-hidden="true" focusable="false">'
        f'<rect class="bar" width="{share * width:.1f}" height="10"/></svg>'
    )


def points(value: float) -> str:
    """Points as a person writes them: 3, 2.5, 0.33.

    >>> points(3.0), points(2.5), points(1 / 3)
    ('3', '2.5', '0.33')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
