"""The interactive figures in the page: they answer to keyboard and pointer, and compute what softmax_lib computes."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import PHONE, SITE, pages

from softmax_lib import entropy, log_softmax, logsumexp, softmax

WITH_FIGURES = [name for name in pages() if 'class="lab"' in (SITE / name).read_text("utf8")] or ["intro.html"]


@pytest.fixture(scope="module", params=WITH_FIGURES)
def page(request, visit):
    return visit(request.param).page


def test_every_figure_is_alive_and_was_drawn_beforehand(page):
    figures = page.locator("figure.lab")
    assert figures.count() == page.locator("figure.lab.lab-ready").count() > 0
    assert page.locator("figure.lab :disabled").count() == 0
    served = (SITE / page.url.split("/", 3)[3]).read_text("utf8")
    assert served.count('class="lab-picture"><svg') == figures.count()


def test_every_figure_answers_to_the_keyboard(page):
    for figure in page.locator("figure.lab").all():
        before = figure.locator(".lab-picture").inner_html() + figure.locator(".lab-readout").inner_text()
        control = figure.locator("input, select, button, .lab-handle").first
        control.focus()
        kind = control.get_attribute("type")
        keys = {"range": "ArrowRight", "checkbox": "Space", "radio": "ArrowRight", "button": "Enter"}
        for _ in range(3):
            page.keyboard.press(keys.get(kind, "ArrowDown"))
        page.wait_for_timeout(80)
        after = figure.locator(".lab-picture").inner_html() + figure.locator(".lab-readout").inner_text()
        assert after != before, figure.get_attribute("aria-label")


def test_a_change_is_announced_once_the_hand_rests(page):
    figure = page.locator("figure.lab").first
    figure.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(700)
    assert figure.locator("[aria-live=polite]").inner_text() == figure.locator(".lab-readout").inner_text() != ""


def test_reset_brings_the_first_state_back(visit):
    page = visit("intro.html").page
    figure = page.locator("figure.lab").first
    figure.locator("input[type=range]").first.focus()
    page.keyboard.press("End")
    figure.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(80)
    assert "cat, with probability 0.826" in figure.locator(".lab-readout").inner_text()


def test_the_explorer_agrees_with_the_library(visit):
    page = visit("intro.html").page
    figure = page.locator("figure.lab").first
    generator = np.random.default_rng(0)
    for _ in range(20):
        values = [round(float(z), 1) for z in generator.uniform(-5, 5, size=3)]
        temperature = round(float(generator.uniform(0.1, 5)), 1)
        for slider, value in zip(figure.locator("input[data-control^=z]").all(), values, strict=True):
            slider.fill(str(value))
        figure.locator("input[data-control=temperature]").fill(str(temperature))
        page.wait_for_timeout(30)
        state = figure.evaluate("(element) => element.lab.state")
        logits = np.array([state["z0"], state["z1"], state["z2"]])
        assert logits.tolist() == values
        shown = page.evaluate("([z, T]) => lab.math.softmax(z, T)", [values, temperature])
        np.testing.assert_allclose(shown, softmax(logits / temperature), rtol=1e-12, atol=1e-300)
        widths = figure.locator(".lab-picture svg rect").evaluate_all(
            "(all) => all.slice(0, 3).map((e) => +e.getAttribute('width'))"
        )
        np.testing.assert_allclose(np.array(widths) / sum(widths), softmax(logits / temperature), atol=1e-4)


def test_the_shared_numerics_agree_with_the_library(visit):
    page = visit("intro.html").page
    for z in np.random.default_rng(1).normal(scale=[[1.0], [10.0], [100.0]], size=(3, 7)):
        ours = page.evaluate(
            "(z) => [lab.math.softmax(z), lab.math.logSoftmax(z), lab.math.logsumexp(z), lab.math.entropy(lab.math.softmax(z))]",
            z.tolist(),
        )
        np.testing.assert_allclose(ours[0], softmax(z), rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(ours[1], log_softmax(z), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(ours[2], logsumexp(z), rtol=1e-12)
        np.testing.assert_allclose(ours[3], entropy(softmax(z)), rtol=1e-12, atol=1e-14)


def test_controls_are_large_enough_for_a_thumb(visit):
    page = visit("intro.html", PHONE).page
    sizes = page.locator("figure.lab :is(input, button, select)").evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect().height)"
    )
    assert sizes
    assert min(sizes) >= 24


def test_a_finger_drags_a_handle_and_not_the_page(browser, page):
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    where, page = page.url, context.new_page()
    page.goto(where, wait_until="load")
    page.locator("figure.lab.lab-ready").first.scroll_into_view_if_needed()
    finger = context.new_cdp_session(page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
        page.wait_for_timeout(40)

    for figure in page.locator("figure.lab:has(.lab-handle)").all():
        handle = figure.locator(".lab-handle").first
        handle.evaluate("(e) => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        page.wait_for_timeout(300)
        top, before, box = page.evaluate("scrollY"), figure.locator(".lab-readout").inner_text(), handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch("touchStart", (x, y))
        for step in range(1, 9):
            touch("touchMove", (x - 3 * step, y + 5 * step))
        touch("touchEnd")
        assert page.evaluate("scrollY") == top, figure.get_attribute("aria-label")
        assert figure.locator(".lab-readout").inner_text() != before, figure.get_attribute("aria-label")
    context.close()


def test_where_play_was_paused_is_announced(page):
    for figure in page.locator("figure.lab").all():
        play = figure.locator("[data-do=play]")
        if not play.count() or not play.is_visible():
            continue
        play.click()
        page.wait_for_timeout(600)
        play.click()
        page.wait_for_timeout(700)
        assert figure.locator("[aria-live=polite]").text_content() == figure.locator(".lab-readout").text_content()
