"""A dashboard in a real browser: parts moved by mouse and by keys, resized, taken off and added, on a desk and a phone."""

import pytest

from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in, violations
from tests.metrics.books import after

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    signed = facts.contract(facts.account(cast.workspace, "Lanhai Logistics"), starts_on="2026-01-01", ends_on=None)
    close_through(workspace=cast.workspace, until=signed.starts_on, at=after(signed.starts_on))
    return cast


def names(page) -> list[str]:
    return page.locator("[data-reorder-item]").evaluate_all("all => all.map(one => one.dataset.reorderItem)")


def test_arranging_a_dashboard(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url())
    page.get_by_role("link", name="Dashboards", exact=True).click()
    page.get_by_role("link", name="New dashboard").click()
    page.get_by_label("Name").fill("Board")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="What moved MRR").wait_for()
    page.locator(".dash .chart-canvas svg").nth(2).wait_for()
    assert violations(page) == []

    page.get_by_role("link", name="Arrange").click()
    cards = page.locator("[data-reorder-item]")
    assert names(page)[:3] == ["Monthly recurring revenue", "Paying customers", "Net revenue retention"]
    target = cards.nth(0).bounding_box()
    cards.nth(2).locator(".dash-grip").drag_to(cards.nth(0), target_position={"x": 5, "y": target["height"] / 2})
    assert names(page)[:3] == ["Net revenue retention", "Monthly recurring revenue", "Paying customers"]
    # Leaving now would lose it, and asks first.
    assert page.locator("#arrange[data-dirty]").count() == 1
    page.get_by_label("Width of Paying customers").focus()
    page.keyboard.press("Alt+ArrowLeft")
    assert names(page)[:3] == ["Net revenue retention", "Paying customers", "Monthly recurring revenue"]
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Width of Paying customers"
    assert page.get_by_role("status").filter(has_text="Paying customers: place 2 of 7").count() == 1
    page.get_by_label("Width of Paying customers").select_option("full")
    assert cards.nth(1).get_attribute("data-size") == "full"
    page.get_by_role("button", name="Move Net revenue retention on").click()
    cards.nth(3).get_by_label("Take off").check()
    assert violations(page) == []
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("Saved.").wait_for()
    labels = page.locator(".dash .tile-label > .truncate").all_inner_texts()
    assert labels == ["Paying customers", "Net retention", "MRR"]
    assert page.locator(".dash-part").first.get_attribute("data-size") == "full"

    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_role("button", name="Add a chart of Lifetime value").click()
    page.get_by_text("Lifetime value stands at the end of the dashboard.").wait_for()
    assert violations(page) == []
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.get_by_role("link", name="Done", exact=True).click()
    page.get_by_role("heading", name="Lifetime value").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(page) == []
    page.get_by_role("link", name="Arrange").click()
    cards.first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(page) == []
    assert complaints.texts == []
