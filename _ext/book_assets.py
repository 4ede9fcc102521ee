"""What a page loads: one style sheet, then one script, a few icons, and nothing from another host.

The theme, its extensions and Jupyter Book ask for some twenty files a page, among them 800 KB of icons and, even when
switched off, a script from a content network. The templates in _templates/ link two bundles instead, which are put
together here after the build. Sphinx has no bundler, and the public minifying extensions treat each file by itself.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

import book_slim
import fonts
import rcssmin
from sphinx.application import Sphinx

THEME_CSS = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
THEME_JS = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]
UNWANTED = re.compile(
    r"(?i:thebe)|fontawesome|togglebutton|^http|^DOCUMENTATION_OPTIONS\.|theme_switcher|^let toggle|^$"
)
IN_SHEET = {"fa-solid-900.woff2"}  # so few icons that a request takes longer
FONTS = ["vendor/fonts/source-serif-roman.woff2", "vendor/fonts/source-serif-italic.woff2"]
MATH_FONTS = ["vendor/katex/fonts/KaTeX_Main-Regular.woff2", "vendor/katex/fonts/KaTeX_Math-Italic.woff2"]


def _page(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Collect what the extensions ask for, and give the templates what they need in its place."""
    wanted = app.env.book_assets = getattr(app.env, "book_assets", {"css": [], "js": [], "inline": []})
    for kind, entries in (("css", context["css_files"]), ("js", context["script_files"])):
        for entry in entries:
            name = str(getattr(entry, "filename", entry) or "").split("?")[0].removeprefix("_static/")
            inline = "" if name else entry.attributes.get("body") or ""
            if not UNWANTED.search(name or inline) and (name or inline) not in wanted[kind if name else "inline"]:
                wanted[kind if name else "inline"].append(name or inline)
    context["css_files"], context["script_files"] = [], []
    context["book_version"] = app.book_version
    body = context.get("body", "")
    context["book_fonts"] = FONTS + (MATH_FONTS if 'class="katex"' in body else [])
    # ARIA 1.2 knows the role no more, and axe says so.
    context["body"] = book_slim.plain_code(body).replace(' role="doc-biblioentry"', ' role="listitem"')


def _style_sheet(static: Path, name: str) -> str:
    """One style sheet with its imports in it and its URLs as seen from _static/."""
    here = (static / name).parent
    text = re.sub(r"/\*# sourceMappingURL.*?\*/", "", (static / name).read_text("utf8"))

    def imported(found: re.Match) -> str:
        return _style_sheet(static, os.path.relpath(here / found[1], static))

    def located(found: re.Match) -> str:
        url = found[1].strip("'\"")
        if url.startswith(("data:", "#")):
            return found[0]
        target = here / url if (here / url).exists() else static / Path(url).name  # the theme names some wrongly
        if target.name in IN_SHEET:
            return f"url(data:font/woff2;base64,{base64.b64encode(target.read_bytes()).decode()})"
        return f"url({os.path.relpath(target, static)})"

    text = re.sub(r"@import\s+(?:url\()?[\"']?([^\"')]+\.css)[\"']?\)?\s*;", imported, text)
    text = re.sub(r',url\([^)]+\.(?:woff|ttf)\) ?format\("(?:woff|truetype)"\)', "", text)  # woff2 is enough
    return re.sub(r"url\(([^)]+)\)", located, text)


def _bundle(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name not in ("html", "singlehtml") or not hasattr(app.env, "book_assets"):
        return
    out, wanted = Path(app.outdir), app.env.book_assets
    static = out / "_static"
    scripts = [static / name for name in [*wanted["js"], *THEME_JS] if (static / name).exists()]
    text = "".join(f";{part.rstrip()}\n" for part in [*wanted["inline"], *(s.read_text("utf8") for s in scripts)])
    (static / "book.bundle.js").write_text(book_slim.patient(re.sub(r"//# sourceMappingURL.*", "", text)), "utf8")
    styles = [*THEME_CSS, *[name for name in wanted["css"] if name not in THEME_CSS]]
    styles.sort(key=lambda name: name == "book.css")  # the book has the last word
    pages = list(out.rglob("*.html"))
    book_slim.shrink([static / name for name in styles], book_slim.names_of(pages, static.glob("*.js")))
    fonts.trim(static, pages, styles)
    bundle = "\n".join(_style_sheet(static, name) for name in styles)
    (static / "book.bundle.css").write_text(rcssmin.cssmin(bundle), "utf8")
    for useless in {*static.rglob("fontawesome.js*"), *static.rglob("*.map"), *static.rglob("webfonts/*.ttf")}:
        useless.unlink()


def _version(app: Sphinx) -> None:
    """Part of the bundles' address: another one whenever their sources change."""
    sources = [*sorted((Path(app.srcdir) / "_static").glob("*.*")), *sorted(Path(app.outdir).glob("_static/lab*"))]
    app.book_version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", _version, priority=900)
    app.connect("html-page-context", _page, priority=950)
    app.connect("build-finished", _bundle, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
