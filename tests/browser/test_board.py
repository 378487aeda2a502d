"""Boards in a real browser: cards moved by mouse and by keyboard and taken back, what viewers may not, a shared view."""

import datetime as dt

import pytest
from django.conf import settings

from accounts.models import RenewalStage, Task
from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in, violations
from tests.metrics.books import after
from workspaces.models import SavedView
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLOSED = dt.date(2026, 3, 10)
BOARD = "renewals/list/?layout=board&saved=none"


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    for name in ("Anhe Retail", "Lanhai Logistics"):
        facts.contract(facts.account(cast.workspace, name), starts_on="2025-06-01", ends_on="2026-05-31")
    facts.task(cast.workspace, "Call back", due_on="2026-01-31", assignee="owner@example.com")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    return cast


def column(page, name):
    return page.get_by_role("region", name=name, exact=True)


def stages(cast):
    with workspace_scope(cast.workspace):
        return sorted(RenewalStage.objects.values_list("contract__account__name", "stage"))


def test_renewals_move_by_mouse_and_keyboard_and_are_taken_back(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url(BOARD))
    assert violations(page) == []
    assert column(page, "Not started").locator(".board-count").text_content() == "2"
    page.locator("[data-card]", has_text="Anhe Retail").drag_to(column(page, "Offer sent"))
    page.get_by_text("Anhe Retail: Offer sent").wait_for()
    column(page, "Offer sent").get_by_role("link", name="Anhe Retail").wait_for()
    assert column(page, "Not started").locator(".board-count").text_content() == "1"
    assert stages(cast) == [("Anhe Retail", "offer_sent")]
    # Nothing is dropped on a column of what contracts settle.
    page.locator("[data-card]", has_text="Anhe Retail").drag_to(column(page, "Renewed"))
    assert stages(cast) == [("Anhe Retail", "offer_sent")]
    menu = page.get_by_role("button", name="Move Lanhai Logistics to…")
    menu.focus()
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("Lanhai Logistics: Agreed").wait_for()
    assert stages(cast) == [("Anhe Retail", "offer_sent"), ("Lanhai Logistics", "agreed")]
    # Focus stays with the card, where it is now.
    page.wait_for_function("document.activeElement.ariaLabel === 'Move Lanhai Logistics to…'")
    assert column(page, "Agreed").locator(":focus").count() == 1
    page.locator(".toast", has_text="Lanhai Logistics").get_by_role("button", name="Undo").click()
    page.get_by_text("Lanhai Logistics: Not started").wait_for()
    assert "layout=board" in page.url
    assert stages(cast) == [("Anhe Retail", "offer_sent"), ("Lanhai Logistics", "not_started")]
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    box = page.get_by_role("form", name="Board", exact=True)
    assert box.evaluate("board => board.scrollWidth > board.clientWidth")
    assert violations(page) == []
    assert complaints.texts == []


def test_a_refused_move_goes_back_and_a_task_is_done_by_dragging(browser_page, complaints, cast):
    page = browser_page
    # All columns beside each other: a board that scrolls between press and move would take up another card.
    page.set_viewport_size({"width": 1720, "height": 900})
    page.goto(cast.url("tasks/"))
    page.get_by_role("link", name="Board", exact=True).click()
    page.route("**/tasks/move/**", lambda route: route.fulfill(status=500))
    card = page.locator("[data-card]", has_text="Call back")
    card.drag_to(column(page, "Done"))
    page.get_by_text("That did not work.").wait_for()
    column(page, "Overdue").get_by_role("link", name="Call back").wait_for()
    page.unroute("**/tasks/move/**")
    card.drag_to(column(page, "Done"))
    page.get_by_text("Call back: Done").wait_for()
    with workspace_scope(cast.workspace):
        assert Task.objects.get().is_done
    assert violations(page) == []
    assert [text for text in complaints.texts if "500" not in text] == []


def test_viewers_see_a_shared_board_and_change_nothing(browser_page, complaints, cast, live_server):
    page = browser_page
    page.goto(cast.url(BOARD))
    page.get_by_role("link", name="Save as view").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Our board")
    dialog.get_by_label("Share with everybody").check()
    page.keyboard.press("Enter")
    page.get_by_text("Kept as the view Our board.").wait_for()
    cookie = cast.client(cast.viewer).cookies[settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(cast.url("renewals/list/"))
    page.get_by_role("link", name="Our board").click()
    page.get_by_role("form", name="Board", exact=True).wait_for()
    card = page.locator("[data-card]", has_text="Anhe Retail")
    assert page.get_by_role("button", name="Move Anhe Retail to…").count() == 0
    assert card.get_attribute("draggable") is None
    card.drag_to(column(page, "Agreed"))
    assert column(page, "Not started").get_by_role("link", name="Anhe Retail").count() == 1
    assert stages(cast) == []
    # What the page does not offer, the server refuses.
    with workspace_scope(cast.workspace):
        view = SavedView.objects.get()
    refused = page.evaluate(
        """(urls) => Promise.all(urls.map((url) => fetch(url, {method: "POST", headers: {
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content},
          body: new URLSearchParams({name: "Mine", state: "q=x"})}).then((answer) => answer.status)))""",
        [cast.url("renewals/move/"), cast.url(f"views/{view.pk}/"), cast.url(f"views/{view.pk}/remove/")],
    )
    assert refused == [403, 403, 403]
    assert violations(page) == []
    assert [text for text in complaints.texts if "403" not in text] == []
