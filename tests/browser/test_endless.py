"""A long list in a real browser: its pages come by themselves, once each, and a refused one says so."""

import pytest

from accounts.models import Account
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = 130


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    with workspace_scope(cast.workspace):
        Account.objects.bulk_create(Account(workspace=cast.workspace, name=f"Account {n:03}") for n in range(ROWS))
    return cast


def names(page) -> list[str]:
    return page.locator("a.row-link").all_text_contents()


@pytest.mark.parametrize("width", [1440, PHONE])
def test_all_rows_come_once_and_in_order(browser_page, complaints, cast, width):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(cast.url("accounts/"))
    assert len(names(page)) == 50
    for count in (100, ROWS):
        page.locator("a.row-link").last.scroll_into_view_if_needed()
        page.wait_for_function("count => document.querySelectorAll('a.row-link').length === count", arg=count)
    assert names(page) == [f"Account {n:03}" for n in range(ROWS)]
    assert page.locator(".pager [rel=next]").count() == 0
    assert page.locator("[role=status]", has_text="30 more rows").count() == 1
    assert complaints.texts == []


def test_a_group_that_goes_on_has_one_head_and_nothing_picked_has_no_bar(browser_page, complaints, cast):
    with workspace_scope(cast.workspace):
        Account.objects.filter(name__gte="Account 120").update(industry="Retail")
    page = browser_page
    page.goto(cast.url("accounts/?group=industry"))
    for count in (100, ROWS):
        page.locator("a.row-link").last.scroll_into_view_if_needed()
        page.wait_for_function("count => document.querySelectorAll('a.row-link').length === count", arg=count)
    heads = [text.split()[0] for text in page.locator("tr.group-head").all_inner_texts()]
    assert heads == ["Retail", "Without"]
    assert page.locator("[role=status]", has_text="30 more rows").count() == 1
    assert page.locator(".bulk-bar").is_hidden()
    page.locator("tbody .pick input").last.check()
    page.locator(".bulk-bar").wait_for()
    assert complaints.texts == []


def test_rows_that_cannot_be_fetched_are_told_of_and_come_later(browser_page, cast):
    page = browser_page
    page.goto(cast.url("accounts/"))
    page.context.set_offline(True)
    page.locator("a.row-link").last.scroll_into_view_if_needed()
    page.get_by_text("No connection to the server.").wait_for()
    assert len(names(page)) == 50
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelectorAll('a.row-link').length === 100")
    assert names(page) == [f"Account {n:03}" for n in range(100)]
