"""Lists as people work in them: values edited in place and taken back, by keyboard alone; the side panel; all that match."""

import pytest

from accounts.models import Account
from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in, violations
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    for name, industry in (("Anhe Retail", "Retail"), ("Bolt Labs", "Software"), ("Corvus", "Retail")):
        facts.account(cast.workspace, name, industry=industry)
    return cast


def values(cast, field):
    with workspace_scope(cast.workspace):
        return list(Account.objects.order_by("name").values_list(field, flat=True))


def cell(page, row, field):
    return page.locator("tbody tr").nth(row).locator(f"[data-edit={field}]")


def focused(page):
    return page.evaluate("document.activeElement.closest('[data-edit]')?.dataset.edit ?? document.activeElement.name")


def test_values_are_edited_by_keyboard_and_taken_back(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/?columns=industry,region,employees"))
    page.get_by_role("link", name="Anhe Retail").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "industry"
    page.keyboard.press("F2")
    editor = page.get_by_role("group", name="Industry")
    editor.wait_for()
    assert violations(page) == []
    # An input method's Enter picks a candidate and saves nothing.
    page.keyboard.type("能源")
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert editor.is_visible()
    page.keyboard.press("Tab")
    page.get_by_role("group", name="Region").wait_for()
    page.get_by_text("Changed Industry of Anhe Retail to “能源”.").wait_for()
    assert values(cast, "industry") == ["能源", "Software", "Retail"]
    page.keyboard.press("Escape")
    assert focused(page) == "region"
    # What cannot be read stays, with the reason beside it; then it is put right.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Employees").wait_for()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    page.locator("#editor .errors").wait_for()
    assert page.locator("#editor [name=employees]").input_value() == "many"
    page.keyboard.press("Control+a")
    page.keyboard.type("1.2万")
    page.keyboard.press("Enter")
    page.locator("#editor").wait_for(state="hidden")
    assert cell(page, 0, "employees").inner_text().strip() == "12,000"
    assert focused(page) == "employees"
    page.get_by_text("Changed Industry").locator("..").get_by_role("button", name="Undo").press("Enter")
    page.get_by_text("Industry of Anhe Retail is as it was.").wait_for()
    assert cell(page, 0, "industry").inner_text().strip() == "Retail"
    assert values(cast, "employees") == [12000, None, None]
    assert focused(page) == "industry"
    # With a mouse: a double click, and a click elsewhere saves.
    cell(page, 1, "region").dblclick()
    page.get_by_role("group", name="Region").wait_for()
    page.keyboard.type("North")
    page.get_by_role("columnheader", name="Employees").click()
    page.get_by_text("Changed Region of Bolt Labs to “North”.").wait_for()
    assert values(cast, "region") == ["", "North", ""]
    assert page.locator("#side-panel").is_hidden()
    assert [text for text in complaints.texts if "422" not in text] == []


def test_late_answers_take_nothing_of_what_is_typed_meanwhile(browser_page, cast):
    page, held = browser_page, {}

    def hold(route):
        name = f"{route.request.method} {route.request.url.partition('field=')[2]}"
        if name in held and held[name] is None:
            held[name] = route
        else:
            route.continue_()

    page.route(lambda url: "field=" in url, hold)
    page.goto(cast.url("accounts/?columns=industry,region"))
    # Saving takes its time, and somebody is at another value of another row by then.
    held["POST industry"] = None
    cell(page, 0, "industry").dblclick()
    page.get_by_role("group", name="Industry").wait_for()
    page.keyboard.type("Energy")
    cell(page, 1, "region").dblclick()
    page.get_by_role("group", name="Region").wait_for()
    page.keyboard.type("Nor")
    held["POST industry"].continue_()
    page.get_by_text("Changed Industry of Anhe Retail to “Energy”.").wait_for()
    assert cell(page, 0, "industry").inner_text().strip() == "Energy"
    page.keyboard.type("th")
    page.keyboard.press("Enter")
    page.get_by_text("Changed Region of Bolt Labs to “North”.").wait_for()
    # Taking the first back while a third is open closes nothing either.
    cell(page, 2, "region").dblclick()
    page.get_by_role("group", name="Region").wait_for()
    page.keyboard.type("West")
    page.evaluate("document.querySelector('#toasts form').requestSubmit()")
    page.get_by_text("Industry of Anhe Retail is as it was.").wait_for()
    assert page.locator("#editor [name=region]").input_value() == "West"
    page.keyboard.press("Escape")
    # The editor that comes late is not shown over the value that is being edited now.
    held["GET industry"] = None
    cell(page, 0, "industry").dblclick()
    page.wait_for_timeout(100)
    cell(page, 1, "region").dblclick()
    page.get_by_role("group", name="Region").wait_for()
    held["GET industry"].continue_()
    page.wait_for_load_state("networkidle")
    assert page.locator("#editor [name=industry]").count() == 0
    page.keyboard.press("Control+a")
    page.keyboard.type("South")
    page.keyboard.press("Enter")
    page.get_by_text("Changed Region of Bolt Labs to “South”.").wait_for()
    assert values(cast, "industry") == ["Retail", "Software", "Retail"]
    assert values(cast, "region") == ["", "South", ""]


def test_rows_are_walked_in_the_side_panel(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/?industry=Retail"))
    page.locator("tbody tr").nth(0).locator("td").nth(1).click()
    panel = page.locator("#side-panel")
    panel.get_by_role("heading", name="Anhe Retail").wait_for()
    page.wait_for_url("**industry=Retail&open=**")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    panel.get_by_role("heading", name="Corvus").wait_for()
    # What is edited here is so in the list too.
    panel.get_by_role("button", name="Edit Industry").click()
    page.get_by_role("group", name="Industry").wait_for()
    page.keyboard.type("Energy")
    page.keyboard.press("Enter")
    page.get_by_text("Changed Industry of Corvus to “Energy”.").wait_for()
    assert cell(page, 1, "industry").inner_text().strip() == "Energy"
    # A reload shows the same; the page and back too; the way back closes it.
    page.reload()
    panel.get_by_role("heading", name="Corvus").wait_for()
    page.goto(cast.url("accounts/"))
    page.get_by_role("link", name="Bolt Labs").focus()
    page.keyboard.press("Space")
    panel.get_by_role("heading", name="Bolt Labs").wait_for()
    panel.get_by_role("link", name="Open").click()
    page.wait_for_url("**/accounts/*-*/")
    page.go_back()
    panel.get_by_role("heading", name="Bolt Labs").wait_for()
    page.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert "open=" not in page.url
    page.get_by_role("link", name="Bolt Labs").focus()
    page.keyboard.press("Space")
    panel.get_by_role("heading", name="Bolt Labs").wait_for()
    page.go_back()
    panel.wait_for(state="hidden")
    # On a phone nothing fits beside: the row leads to its page.
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.locator("tbody tr").nth(1).locator("td").nth(1).click()
    page.wait_for_url("**/accounts/*-*/")
    assert complaints.texts == []


def test_all_that_match_are_picked_and_it_is_undone(browser_page, complaints, cast):
    for number in range(60):
        facts.account(cast.workspace, f"Shop {number:02}", industry="Shops")
    page = browser_page
    page.goto(cast.url("accounts/"))
    # The filters stand in one line: one button adds any of them.
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="Industry").press("ArrowRight")
    page.get_by_role("link", name="Shops").click()
    page.get_by_role("button", name="Industry is Shops").wait_for()
    page.get_by_label("All on this page").check()
    bar = page.get_by_role("form", name="Picked accounts")
    assert violations(page) == []
    bar.get_by_role("button", name="Select all 60 that match").click()
    bar.get_by_text("Picked 60").wait_for()
    bar.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tag", exact=True).fill("spring")
    page.keyboard.press("Enter")
    page.get_by_text("60 accounts changed.").wait_for()
    assert values(cast, "tags").count(["spring"]) == 60
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("60 accounts are as they were.").wait_for()
    assert values(cast, "tags").count(["spring"]) == 0
    assert complaints.texts == []


def test_an_editor_stays_open_in_a_window_that_changes(browser_page, cast):
    page = browser_page
    page.goto(cast.url("accounts/?columns=industry,region"))
    cell(page, 0, "industry").dblclick()
    page.get_by_role("group", name="Industry").wait_for()
    page.keyboard.type("Energy")
    page.set_viewport_size({"width": 1200, "height": 700})
    page.wait_for_timeout(100)
    assert page.locator("#editor").is_visible()
    page.keyboard.press("Enter")
    page.get_by_text("Changed Industry of Anhe Retail to “Energy”.").wait_for()


def test_tasks_are_walked_in_the_side_panel_and_ticked_off_there(browser_page, complaints, cast):
    account = facts.account(cast.workspace, "Anhe")
    for day, title in enumerate(("Call them", "Send the offer", "Visit"), 10):
        row = {"assignee": "member@example.com", "due_on": f"2099-03-{day}", "account_id": str(account.pk)}
        facts.task(cast.workspace, title, **row)
    page, panel = browser_page, browser_page.locator("#side-panel")
    page.goto(cast.url("tasks/?view=open"))
    page.get_by_role("link", name="Call them").focus()
    page.keyboard.press("Space")
    panel.get_by_role("heading", name="Call them").wait_for()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    panel.get_by_role("heading", name="Send the offer").wait_for()
    panel.get_by_role("button", name="Edit Task").click()
    page.get_by_role("group", name="Task").wait_for()
    page.keyboard.type("Send two offers")
    page.keyboard.press("Enter")
    panel.get_by_role("heading", name="Send two offers").wait_for()
    page.get_by_role("link", name="Send two offers").wait_for()
    panel.get_by_role("button", name="Mark as done").click()
    page.get_by_text("Done: Send two offers").wait_for()
    panel.get_by_role("button", name="Open again").click()
    page.get_by_text("Open again: Send two offers").wait_for()
    panel.get_by_role("link", name="Open", exact=True).click()
    page.wait_for_url("**/tasks/*-*/edit/")
    assert complaints.texts == []
