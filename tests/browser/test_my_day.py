"""My day in a real browser: a task done with one click, the switch to everybody's, and the way to a row's page."""

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
    mine = facts.account(cast.workspace, "Lanhai Logistics", owner="owner@example.com")
    theirs = facts.account(cast.workspace, "Anhe Retail", owner="member@example.com")
    for account in (mine, theirs):
        signed = facts.contract(account, starts_on="2026-01-01", ends_on=None)
        facts.contact(account, f"Contact of {account}")
    facts.task(cast.workspace, "Call back", due_on="2026-03-30", assignee="owner@example.com")
    close_through(workspace=cast.workspace, until=signed.starts_on, at=after(signed.starts_on))
    return cast


def test_a_task_is_done_and_rows_lead_to_their_pages(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url())
    page.get_by_role("link", name="My day", exact=True).click()
    page.get_by_role("heading", name="One contact only").wait_for()
    assert page.get_by_text("Anhe Retail").count() == 0
    assert violations(page) == []
    page.get_by_role("button", name="Mark Call back as done").click()
    page.get_by_text("Done: Call back").wait_for()
    page.get_by_text("Nothing is due within 7 days").wait_for()
    assert page.url.endswith("/my-day/")
    page.get_by_role("link", name="Everybody's").click()
    page.get_by_text("Only Contact of Anhe Retail is known").wait_for()
    page.get_by_role("link", name="Show all: One contact only").click()
    page.get_by_role("link", name="Anhe Retail").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="My day", exact=True).last.click()
    page.wait_for_url("**whose=all")
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(page) == []
    page.get_by_role("link", name="Anhe Retail").first.click()
    page.get_by_role("heading", name="Anhe Retail").wait_for()
    assert complaints.texts == []
