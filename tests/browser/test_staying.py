"""Pages that lead back to themselves: the focus and the place stay, and a day is sent when it is typed whole."""

import datetime as dt

import pytest

from accounts.actions import save_custom_fields
from metrics.closing import close_through
from tests.accounts import facts
from tests.metrics.books import after
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLOSED = dt.date(2026, 3, 10)


def test_pickers_keep_the_focus_and_a_typed_day_is_sent_whole(browser_page, cast):
    page = browser_page
    facts.contract(facts.account(cast.workspace), starts_on="2025-06-01", ends_on="2026-05-31")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    page.goto(cast.url("breakdown/"))
    page.locator("[name=interval]").select_option("quarter")
    page.wait_for_url("**interval=quarter**")
    page.wait_for_function("() => document.activeElement.name === 'interval'")
    day = page.locator("[name=rates_on]")
    day.focus()
    page.keyboard.type("02282026")
    page.wait_for_timeout(300)
    assert "rates_on=0" not in page.url
    assert day.input_value() == "2026-02-28"
    page.keyboard.press("Enter")
    page.wait_for_url("**rates_on=2026-02-28**")
    page.wait_for_function("() => document.activeElement.name === 'rates_on'")
    page.keyboard.type("01")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_url("**rates_on=2026-01-28**")


def test_a_field_is_moved_on_and_on_by_keyboard(browser_page, cast):
    page = browser_page
    with workspace_scope(cast.workspace):
        rows = [{"name": name, "kind": "text", "key": name.lower()} for name in ("Plan", "Guide", "Region")]
        save_custom_fields(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    page.goto(cast.url("settings/fields/"))
    page.get_by_role("button", name="Move Plan down").focus()
    page.keyboard.press("Enter")
    page.locator("tbody tr").nth(1).get_by_text("Plan", exact=True).wait_for()
    page.locator("[aria-label='Move Plan down']:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("tbody tr").nth(2).get_by_text("Plan", exact=True).wait_for()
    page.locator("[aria-label='Move Plan up']:focus").wait_for()
