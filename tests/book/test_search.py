"""Search works from a plain file server."""

from __future__ import annotations

from conftest import SETTLED


def test_a_word_is_found(visit, address):
    page = visit("search.html").page
    page.goto(f"{address}/search.html?q=temperature")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li a").count() >= 2


def test_the_field_in_the_sidebar_leads_to_the_results(visit, address):
    page = visit("intro.html").page
    page.goto(f"{address}/intro.html")
    page.evaluate(SETTLED)
    page.locator(".search-button-field").click()
    page.locator("#pst-search-dialog input").fill("logit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=logit*")
    page.wait_for_selector("#search-results li a")


def test_the_reader_chooses_light_or_dark(visit, address):
    page = visit("intro.html").page
    page.goto(f"{address}/intro.html")
    page.evaluate(SETTLED)
    seen = set()
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        seen.add(page.evaluate("document.documentElement.dataset.theme"))
    assert seen == {"light", "dark"}


def test_a_wrong_address_leads_into_the_book(browser, address):
    page = browser.new_context().new_page()
    try:
        for wrong in ("no-such-page.html", "chapters/deeper/than/any.html?x=1#y"):
            assert page.goto(f"{address}/{wrong}").status == 404
            assert page.get_by_role("heading", level=1).inner_text() == "This page has probability 0"
            page.get_by_role("link", name="The softmax function").click()
            assert page.url == f"{address}/chapters/03-function.html"
    finally:
        page.context.close()
