"""Every page of the built book, in a browser."""

from __future__ import annotations

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DARK, LIGHT, PHONE, READ, SETTLED

KILOBYTE = 1024
WAYS = [LIGHT, DARK]
# Two thirds of a page's elements are the drawn half of its formulas, which is hidden from assistive tools and has the
# color of its line, and the words of its code, which differ by their color alone. Axe looks at every element for minutes;
# so it sees a formula's MathML and its place, and code as plain text, while LETTERS_OF_CODE looks at each word's color.
PLAIN = """() => {
  const undo = [], swap = (box, ...content) => { const before = [...box.childNodes]; box.replaceChildren(...content); undo.push(() => box.replaceChildren(...before)); };
  document.querySelectorAll("div.highlight pre").forEach((box) => { if (!box.querySelector(":not(span)")) swap(box, box.textContent); });
  [...document.querySelectorAll(".katex-html")].map((box) => [box, box.getBoundingClientRect()]).forEach(([box, size]) => {
    const place = document.createElement("span");
    place.style.cssText = `display: inline-block; width: ${size.width}px; height: ${size.height}px`;
    swap(box, place);
  });
  window.colored = () => undo.splice(0).forEach((one) => one());
}"""
# A dark page is the light one in other colors: there only the rules about color are asked again.
AXE = {
    LIGHT: {"resultTypes": ["violations"]},
    DARK: {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["cat.color"]}},
}

RAW_TEX = r"""() => {
  const clone = document.querySelector("article, main").cloneNode(true);
  clone.querySelectorAll(".katex, pre, code, script, style, svg").forEach((e) => e.remove());
  return clone.textContent.match(/\$\$|\\(?:frac|sum|operatorname|mathbb|left|begin|top|in)\b/g) || [];
}"""
# The marks after formulas that do not end where the last line of their formula ends, or fall off the text.
LOOSE_MARKS = """() => {
  document.querySelectorAll("article details").forEach((box) => { box.open = true; });
  return [...document.querySelectorAll("article .tied")].filter((tied) => tied.getClientRects().length && tied.lastChild.nodeType === 3).filter((tied) => {
    const mark = document.createRange();
    mark.selectNode(tied.lastChild);
    const place = mark.getBoundingClientRect(), last = [...tied.querySelectorAll(".katex-base")].pop().getBoundingClientRect();
    return place.left < last.right - 3 || place.left > last.right + 3 || place.bottom < last.top || place.top > last.bottom;
  }).map((tied) => tied.textContent);
}"""
HEADINGS = """() => [...document.querySelectorAll("main h1, main h2, main h3, main h4, main h5")]
  .filter((h) => h.offsetParent !== null).map((h) => [Number(h.tagName[1]), h.textContent])"""
PICTURES = """() => {
  const named = (e) => (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  return [...document.querySelectorAll("main img, main svg[role=img]")]
  .map((e) => [e.getAttribute("alt") ?? e.getAttribute("aria-label") ?? named(e), e.outerHTML.slice(0, 120)]);
}"""
CONTRAST = """
  const color = (text) => { const n = text.match(/[\\d.]+/g).map(Number), unit = text.startsWith("color(srgb") ? 255 : 1; return [n[0] * unit, n[1] * unit, n[2] * unit, n.length > 3 ? n[3] : 1]; };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3]));
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const pair = [light(a), light(b)].sort((x, y) => y - x); return (pair[0] + 0.05) / (pair[1] + 0.05); };
  const page = color(getComputedStyle(document.documentElement).backgroundColor);
"""
# Each word of each listing against all grounds below it.
LETTERS_OF_CODE = f"""() => {{
  {CONTRAST}
  const grounds = new Map(), ground = (e) => {{
    if (e === document.documentElement) return page.slice(0, 3);
    if (!grounds.has(e)) grounds.set(e, over(color(getComputedStyle(e).backgroundColor), ground(e.parentElement)));
    return grounds.get(e);
  }};
  return [...document.querySelectorAll("div.highlight pre, div.highlight pre span")].filter((e) => e.textContent.trim())
    .map((e) => [e.className, e.textContent.slice(0, 40), ratio(over(color(getComputedStyle(e).color), ground(e)), ground(e))])
    .filter((found) => found[2] < 4.5);
}}"""
# What lies under each letter of a figure: the first painted shape below it, or the page itself.
LETTERS = (
    f"() => {{{CONTRAST}"
    + """
  const found = [];
  let shown = null;
  document.querySelectorAll("svg.book-figure text").forEach((letter) => {
    const svg = letter.closest("svg");
    if (svg !== shown) { svg.scrollIntoView({ block: "center" }); shown = svg; }
    let box = letter.getBoundingClientRect();
    if (box.top < 60 || box.bottom > innerHeight) { letter.scrollIntoView({ block: "center" }); box = letter.getBoundingClientRect(); }
    const below = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .filter((e) => svg.contains(e) && e !== svg && !["text", "tspan", "g"].includes(e.tagName))
      .filter((e) => e.getBoundingClientRect().width > 0.7 * box.width);          // a dot under a label is no ground
    if (below.some((e) => e.tagName === "image")) return;
    let ground = page.slice(0, 3);
    for (const e of below.reverse()) {
      const style = getComputedStyle(e);
      if (style.fill === "none") continue;
      const fill = color(style.fill);
      fill[3] *= Number(style.fillOpacity) * Number(style.opacity);
      ground = over(fill, ground);
    }
    found.push([letter.textContent.trim(), ratio(color(getComputedStyle(letter).fill).slice(0, 3), ground)]);
  });
  return found;
}"""
)


def test_opens_without_error_and_asks_no_other_host(visit, name):
    result = visit(name)
    assert result.errors == []
    assert result.foreign == []


def test_nothing_moves_while_the_page_loads_and_is_read(visit, name):
    """Reading it to its end, with what is drawn only when it comes near."""
    assert visit(name).read() <= 0.02
    assert visit(name, PHONE).read() <= 0.02


@pytest.mark.parametrize("how", WAYS)
def test_axe_finds_nothing(visit, name, how):
    if how == LIGHT:
        visit(name).read()  # the script of the page sees a box when it comes near
    page = visit(name, how).whole()
    page.evaluate(PLAIN)
    try:
        violations = Axe().run(page, options=AXE[how]).response["violations"]
    finally:
        page.evaluate("colored()")
    found = [(v["id"], [node["html"][:160] for node in v["nodes"][:4]]) for v in violations]
    assert found == []


@pytest.mark.parametrize("how", WAYS)
def test_code_is_legible(visit, name, how):
    assert visit(name, how).whole().evaluate(LETTERS_OF_CODE) == []


def test_formulas_are_drawn(visit, name):
    page = visit(name).page
    assert page.evaluate(RAW_TEX) == []
    assert page.locator("main .math").count() == page.locator("main .math > .katex, main .math > .formula").count()
    assert page.locator("main .katex").count() == page.locator("main .katex math").count()


def test_mark_follows_its_formula(visit, name):
    assert visit(name, PHONE).whole().evaluate(LOOSE_MARKS) == []


def test_headings_are_in_order(visit, name):
    levels = visit(name).page.evaluate(HEADINGS)
    assert [level for level, _ in levels].count(1) == 1
    steps = [(before, after) for before, after in itertools.pairwise(levels) if after[0] > before[0] + 1]
    assert steps == []


def test_pictures_have_words(visit, name):
    for words, markup in visit(name).page.evaluate(PICTURES):
        assert len(words) > 15, f"too few words: {markup}"
        assert not words.endswith((".svg", ".png", ".jpg")), f"a path is no description: {markup}"


@pytest.mark.parametrize("how", WAYS)
def test_letters_in_figures_are_legible(visit, name, how):
    faint = [
        (text, round(ratio, 2)) for text, ratio in visit(name, how).whole().evaluate(LETTERS) if text and ratio < 4.45
    ]
    assert faint == []


def test_phone_needs_no_scrolling_sideways(visit, name):
    width = (
        visit(name, PHONE).whole().evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    )
    assert width <= 390


def test_a_link_into_the_page_leads_there(visit, address, name):
    """What lies above the place has no height of its own until it comes near."""
    page = visit(name, PHONE).page.context.new_page()
    try:
        page.goto(f"{address}/{name}", wait_until="load")
        places = page.evaluate(
            "[...document.querySelectorAll('article :is(section, div.math, dl.py > dt)[id]')].map((e) => e.id)"
        )
        for place in {places[len(places) // 2], places[-1]} if places else ():
            page.goto(f"{address}/{name}#{place}", wait_until="load")
            page.evaluate(SETTLED)
            top, to_end = page.evaluate(
                """(id) => [document.getElementById(id).getBoundingClientRect().top,
                  document.documentElement.scrollHeight - innerHeight - scrollY]""",
                place,
            )
            assert -5 <= top <= 120 or to_end < 2, (place, top)
    finally:
        page.close()


def test_far_formulas_are_not_drawn_until_they_come_near(visit, address, name):
    """A chapter has forty thousand elements, most of them in formulas: to draw them all takes a phone seconds."""
    page = visit(name, PHONE).page.context.new_page()
    try:
        page.goto(f"{address}/{name}", wait_until="load")
        page.evaluate(SETTLED)
        drawn = page.evaluate("""() => [...document.querySelectorAll("article section:has(> .chapter-box) > section ~ section > p .katex")]
          .map((formula) => [formula.checkVisibility({ contentVisibilityAuto: true }), formula.getBoundingClientRect().top])""")
    finally:
        page.close()
    assert [top for is_drawn, top in drawn if is_drawn and top > 5000] == []


def test_the_contents_beside_a_page_mark_the_section_that_is_read(visit, name):
    page = visit(name).page
    marked = "[...document.querySelectorAll('#pst-page-toc-nav a.active')].map((link) => link.hash)"
    page.evaluate(READ, 1)
    page.evaluate(SETTLED)
    assert page.evaluate(marked) == []  # at the top nothing has begun
    links = page.evaluate("[...document.querySelectorAll('#pst-page-toc-nav a')].map((link) => link.hash)")
    for link in links[:1] + links[len(links) // 2 :][:1]:
        ended = page.evaluate(
            """async (link) => {
              document.getElementById(decodeURIComponent(link.slice(1))).scrollIntoView({ behavior: "instant" });
              for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
              return scrollY + innerHeight > document.documentElement.scrollHeight - 3;
            }""",
            link,
        )
        assert page.evaluate(marked) == [links[-1] if ended else link]


def test_is_light(visit, name):
    """Bytes as a server sends them; the page itself carries its text, formulas and figures."""
    result = visit(name)
    page = result.page
    pictures = page.evaluate("[...document.querySelectorAll('svg.book-figure')].map((e) => e.outerHTML.length)")
    assert len(result.weights) <= 20
    assert result.weight(".css") <= 80 * KILOBYTE  # 36 of them are the fonts of text and icons
    assert result.weight(".js") <= (150 if name == "search.html" else 75) * KILOBYTE
    assert result.weight(".woff2") <= 160 * KILOBYTE
    assert result.weight() <= (330 if not pictures else 600) * KILOBYTE


def _unfolded(visit, name):
    """A page on a phone, also what comes out of a fold; its script has seen every box come near."""
    page = visit(name, PHONE).whole()
    page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
    page.evaluate(READ, 1)
    return page


def test_a_formula_fits_a_phone_where_its_letters_stay_legible(visit, name):
    formulas = _unfolded(visit, name).evaluate("""() => [...document.querySelectorAll("main div.math .formula")]
      .map((e) => [e.clientWidth / e.scrollWidth, parseFloat(getComputedStyle(e.querySelector(".katex")).fontSize)])""")
    assert [share for share, _ in formulas if 0.66 <= share < 0.99] == []
    assert [size for _, size in formulas if size < 11] == []


def test_scrolling_regions_are_reached_by_keyboard(visit, name):
    page = _unfolded(visit, name)
    stuck = page.evaluate("""() => [...document.querySelectorAll("main .formula, main pre, main .cell_output, main .pst-scrollable-table-container")]
      .filter((e) => e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
      .filter((e) => e.checkVisibility() && e.tabIndex < 0 && !e.querySelector("[tabindex='0'], a, button")).map((e) => e.outerHTML.slice(0, 120))""")
    assert stuck == []


def test_dark_is_dark(visit, name):
    page = visit(name, DARK).page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(ground[:3]) < 60
