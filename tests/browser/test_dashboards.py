"""Dashboards in a real browser: from a bar to the contract behind it, a note by keyboard, the long picture, and a public
link for somebody without a session.
"""

import datetime as dt
import re
from pathlib import Path

import pytest

from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_gallery import PICTURE
from tests.front.test_pages import PHONE, sign_in, violations
from tests.metrics.books import after

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNTIL = dt.date(2026, 2, 28)


@pytest.fixture
def cast(live_server, browser_page, settings):
    settings.PUBLIC_URL = live_server.url
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    for name, starts_on in (("Lanhai Logistics", "2026-01-01"), ("Anhe Retail", "2026-02-05")):
        account = facts.account(cast.workspace, name)
        facts.contract(account, starts_on=starts_on, ends_on=None, number=f"HT-{name[:4]}")
    close_through(workspace=cast.workspace, until=UNTIL, at=after(UNTIL))
    return cast


def test_from_a_bar_to_the_contract_and_notes_by_keyboard(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url())
    canvas = page.locator("figure[data-chart=bridge] .chart-canvas")
    canvas.locator("svg").wait_for()
    page.wait_for_timeout(500)  # The bars draw themselves in.
    box = canvas.bounding_box()
    # Opening, new, closing: the second of three bars, above its middle.
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] * 0.3})
    page.wait_for_url(re.compile("metrics/new/"))
    page.locator("main a.row-link", has_text="Anhe Retail").click()
    page.get_by_role("heading", name="Anhe Retail").wait_for()
    page.locator("main a.row-link", has_text="HT-Anhe").click()
    page.wait_for_url(re.compile("/contracts/[0-9a-f-]{36}/"))

    page.goto(cast.url())
    tools = page.get_by_role("button", name="Take “MRR by month” along")
    tools.focus()
    page.keyboard.press("Enter")
    page.locator("#mrr-course-tools button:focus").wait_for()
    while page.evaluate("document.activeElement.textContent").strip() != "Add note":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#annotate-text:focus").wait_for()
    assert page.locator("#annotate-date").input_value() == "2026-02-01"
    page.keyboard.type("Prices up 8 %")
    page.keyboard.press("Enter")
    page.locator("#toasts").get_by_text("Saved.").wait_for()
    assert page.url.endswith(cast.url())
    page.locator("figure[data-chart=mrr-course] svg text", has_text="Prices up 8 %").wait_for()
    page.locator("#mrr-course-table").evaluate("table => table.closest('details').open = true")
    assert page.locator("#mrr-course-table tbody tr").first.locator("td").last.inner_text() == (
        "1 Feb 2026: Prices up 8 %"
    )
    assert violations(page) == []
    assert complaints.texts == []


def test_a_drawing_fits_a_window_that_narrows_before_it_is_drawn_anew(browser_page, cast):
    page = browser_page
    page.add_init_script("window.ResizeObserver = class { observe() {} }")
    page.goto(cast.url())
    drawing = page.locator("figure[data-chart=bridge] svg")
    drawing.wait_for()
    drawn = drawing.bounding_box()["width"]
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert drawing.bounding_box()["width"] == drawn > PHONE
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_the_page_goes_along_as_a_long_picture(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("?language=zh-hans"))
    page.locator("figure[data-chart=bridge] svg").wait_for()
    page.locator("[popovertarget=files]").click()
    with page.expect_download() as download:
        page.locator("#files [data-long-picture]").click()
    picture = Path(download.value.path()).read_bytes()
    kind, width, height, _corner, inks = page.evaluate(PICTURE, picture.hex())
    assert (kind, width) == ("PNG", 750)
    assert height > 2500, "ten tiles and four charts"
    assert inks > 50
    assert complaints.texts == []


def test_a_public_link_opens_without_a_session(browser, browser_page, complaints, cast, live_server, settings):
    page = browser_page
    page.goto(cast.url())
    page.locator("[popovertarget=share]").click()
    page.get_by_role("link", name="Public link").click()
    page.get_by_label("Heading").fill("How we stand")
    page.get_by_label("Password").fill("over the phone")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator("#shared-link").inner_text()
    assert address.startswith(f"{live_server.url}/shared/")

    outside = browser.new_context(viewport={"width": PHONE, "height": 844}, locale="en")
    visitor = outside.new_page()
    complaints.listen_to(visitor)
    visitor.goto(address)
    visitor.get_by_label("Password").fill("over the phone")
    visitor.get_by_role("button", name="Show").click()
    visitor.get_by_role("heading", name=re.compile("How we stand")).wait_for()
    visitor.locator("figure[data-chart=mrr-course] svg").wait_for()
    assert visitor.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert visitor.locator("a[href*='/w/']").count() == 0
    assert visitor.get_by_text("Anhe Retail").count() == 0
    assert {cookie["name"] for cookie in outside.cookies()} == {settings.CSRF_COOKIE_NAME, "shared_dashboard"}
    assert violations(visitor) == []
    outside.close()
    assert complaints.texts == []
