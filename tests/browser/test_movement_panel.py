"""The account of a movement beside the list of movements, where accounts stand many times."""

import datetime as dt

import pytest

from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import AT, make_cast
from tests.front.test_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_rows_of_one_account_are_walked_one_by_one(browser_page, live_server, complaints):
    cast, page = make_cast(), browser_page
    sign_in(page, cast, live_server)
    alpha, beta = (facts.account(cast.workspace, name) for name in ("Alpha", "Beta"))
    for account, day in ((alpha, "01"), (alpha, "10"), (beta, "15"), (alpha, "20")):
        facts.contract(account, f"2026-02-{day}", None, number=f"{account}-{day}")
    close_through(workspace=cast.workspace, until=dt.date(2026, 2, 28), at=AT)
    page.goto(cast.url("movements/"))
    panel, rows = page.locator("#side-panel"), page.locator("tbody tr")
    rows.nth(2).locator("td").nth(1).click()
    panel.get_by_role("heading", name="Alpha").wait_for()
    for place, name in ((3, "Alpha"), (2, "Alpha"), (1, "Beta"), (0, "Alpha")):
        page.keyboard.press("ArrowDown" if place == 3 else "ArrowUp")
        page.locator(f"tbody tr:nth-child({place + 1})[aria-current=true]").wait_for()
        panel.get_by_role("heading", name=name).wait_for()
        assert page.locator("tr[aria-current=true]").count() == 1
    assert panel.get_by_role("button", name="Previous row").is_disabled()
    page.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert "open=" not in page.url
    assert complaints.texts == []
