"""Lists as people live in them: views as tabs, in a real browser."""

import pytest

from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in, violations
from workspaces.models import SavedView
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    for name, industry in (("Anhe Retail", "Retail"), ("Bolt Labs", "Software"), ("Corvus", "Retail")):
        facts.account(cast.workspace, name, industry=industry)
    return cast


def names(page):
    return page.locator("a.row-link").all_text_contents()


def test_a_view_is_kept_changed_replaced_and_deleted(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/?industry=Retail"))
    page.get_by_role("link", name="Save as view").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Shops")
    dialog.get_by_label("Share with everybody").check()
    dialog.get_by_label("Open the list with it").check()
    page.keyboard.press("Enter")
    page.get_by_text("Kept as the view Shops.").wait_for()
    # It opens by itself, and is left for everything.
    page.goto(cast.url("accounts/"))
    tab = page.get_by_role("link", name="Shops")
    assert tab.get_attribute("aria-current") == "page"
    assert names(page) == ["Anhe Retail", "Corvus"]
    page.get_by_role("link", name="All accounts").click()
    page.wait_for_url("**saved=none")
    assert len(names(page)) == 3
    tab.click()
    page.wait_for_url("**industry=Retail**")
    page.get_by_role("link", name="Name", exact=True).click()
    page.get_by_text("Changed", exact=True).wait_for()
    page.get_by_role("button", name="Replace", exact=True).click()
    page.get_by_text("Shops shows this from now on.").wait_for()
    assert names(page) == ["Corvus", "Anhe Retail"]
    assert violations(page) == []
    with workspace_scope(cast.workspace):
        assert SavedView.objects.get().state == {"industry": "Retail", "sort": "-name"}
    # Renamed from the menu; a name that is taken comes back with what was typed.
    menu = page.get_by_role("button", name="More about the view")
    menu.click()
    assert violations(page) == []
    page.get_by_role("button", name="Rename or share").click()
    page.get_by_role("dialog").get_by_label("Name").fill("All shops")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_role("link", name="All shops").wait_for()
    page.get_by_role("link", name="Save as view").click()
    assert violations(page) == []
    page.get_by_role("dialog").get_by_label("Name").fill("All shops")
    page.keyboard.press("Enter")
    page.get_by_text("There is a view of this name already.").wait_for()
    assert page.get_by_label("Name").input_value() == "All shops"
    page.get_by_role("link", name="Accounts").first.click()
    menu.click()
    page.get_by_role("button", name="Delete the view").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the view").click()
    page.get_by_text("Deleted the view All shops.").wait_for()
    assert len(names(page)) == 3
    # the browser itself notes that a form came back with errors
    assert [text for text in complaints.texts if "422" not in text] == []


def test_the_open_tab_is_in_sight_on_a_phone(browser_page, cast):
    page = browser_page
    page.set_viewport_size({"width": PHONE, "height": 844})
    for name in ("Everything that is due", "What nobody looks after", "The ones in the north"):
        page.goto(cast.url("accounts/?industry=Retail"))
        page.get_by_role("link", name="Save as view").click()
        page.get_by_role("dialog").get_by_label("Name").fill(name)
        page.keyboard.press("Enter")
        page.get_by_text("Kept as the view").wait_for()
    box = page.locator(".tabs [aria-current]").bounding_box()
    end = page.locator(".list-tabs-end").bounding_box()
    assert box["x"] + box["width"] <= end["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_columns_are_chosen_from_boxes(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/?industry=Retail"))
    page.get_by_role("button", name="Columns").click()
    assert violations(page) == []
    page.get_by_label("MRR", exact=True).uncheck()
    page.get_by_label("Employees", exact=True).check()
    up = page.get_by_role("button", name="Move Employees up")
    for _step in range(4):
        up.click()
    page.get_by_label("Employees", exact=True).press("Alt+ArrowDown")
    page.get_by_role("status").get_by_text("Employees: place 8 of 17").wait_for(state="attached")
    page.get_by_role("checkbox", name="Owner", exact=True).drag_to(
        page.get_by_role("checkbox", name="Standing", exact=True), target_position={"x": 5, "y": 1}
    )
    page.get_by_role("button", name="Show these").click()
    page.get_by_role("columnheader", name="Employees").wait_for()
    assert page.get_by_role("columnheader", name="MRR").count() == 0
    assert names(page) == ["Anhe Retail", "Corvus"]
    heads = page.get_by_role("columnheader").all_text_contents()
    assert [text.strip() for text in heads[2:4]] == ["Owner", "Standing"]
    page.get_by_role("button", name="Columns").click()
    assert page.get_by_label("Employees", exact=True).is_checked()
    page.get_by_role("link", name="As usual").click()
    page.get_by_role("columnheader", name="MRR").wait_for()
    assert page.get_by_role("columnheader", name="Employees").count() == 0
    assert complaints.texts == []


def test_picked_accounts_are_edited_and_it_is_undone(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/?industry=Retail"))
    bar = page.get_by_role("form", name="Picked accounts")
    assert bar.is_hidden()
    page.get_by_label("Anhe Retail").check()
    page.get_by_label("Corvus").click(modifiers=["Shift"])
    page.get_by_text("Picked 2").wait_for()
    assert violations(page) == []
    bar.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tag", exact=True).fill("autumn")
    page.keyboard.press("Enter")
    page.get_by_text("2 accounts changed.").wait_for()
    assert page.url.endswith("?industry=Retail")
    assert page.locator("tbody .tag").all_text_contents() == ["autumn", "autumn"]
    assert page.evaluate("document.activeElement.textContent").strip() == "Anhe Retail"
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("2 accounts are as they were.").wait_for()
    assert page.locator("tbody .tag").count() == 0
    page.get_by_label("All on this page").check()
    bar.get_by_role("button", name="Owner").click()
    page.get_by_role("button", name="Member", exact=True).click()
    page.get_by_text("2 accounts changed.").wait_for()
    page.get_by_label("Corvus").check()
    bar.get_by_role("button", name="Archive").click()
    page.get_by_text("1 account archived.").wait_for()
    assert names(page) == ["Anhe Retail"]
    page.get_by_label("Anhe Retail").check()
    bar.get_by_role("button", name="Pick none").click()
    assert bar.is_hidden()
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.get_by_label("Anhe Retail").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert complaints.texts == []


def test_picked_tasks_are_put_off_and_it_is_undone(browser_page, complaints, cast):
    page = browser_page
    for number in range(3):
        facts.task(cast.workspace, f"Call {number}", due_on="2026-04-01")
    page.goto(cast.url("tasks/?view=open"))
    page.get_by_label("Call 0", exact=True).check()
    page.get_by_label("Call 2", exact=True).click(modifiers=["Shift"])
    page.locator("[data-picked]").get_by_text("3").wait_for()
    bar = page.get_by_role("form", name="Picked tasks")
    bar.get_by_role("button", name="Due").click()
    page.locator("#picked-due_on:focus").wait_for()
    assert violations(page) == []
    page.locator("#picked-due_on").fill("2026-04-30")
    # Enter sends the day, not the button of a row that marks it as done.
    page.keyboard.press("Enter")
    page.get_by_text("3 tasks changed.").wait_for()
    assert page.locator("td.figure", has_text="2026-04-30").count() == 3
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("3 tasks are as they were.").wait_for()
    assert page.locator("td.figure", has_text="2026-04-01").count() == 3
    page.get_by_label("Call 1", exact=True).check()
    page.locator("#picks").get_by_role("button", name="Mark as done").click()
    page.get_by_text("1 task done.").wait_for()
    assert page.locator("tbody tr").count() == 2
    assert complaints.texts == []


def test_filters_are_added_and_joined_by_keyboard(browser_page, complaints, cast):
    page = browser_page
    page.goto(cast.url("accounts/"))
    page.get_by_role("button", name="Filter", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Find a field").press_sequentially("industr")
    page.keyboard.press("Enter")
    editor = page.get_by_role("dialog", name="Industry")
    editor.get_by_label("Software").focus()
    page.keyboard.press("Space")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**where=industry:is:Software**")
    assert names(page) == ["Bolt Labs"]
    # The reader stands where the next one is added.
    page.locator("#filter-add-button:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Find a field").press_sequentially("name")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Filter by Name", exact=True).get_by_label("Value").press_sequentially("corv")
    page.keyboard.press("Enter")
    page.wait_for_url("**name:has:corv**")
    assert names(page) == []
    word = page.get_by_role("link", name="and, change to or")
    word.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**%7C**")
    assert names(page) == ["Bolt Labs", "Corvus"]
    assert page.get_by_role("group", name="Any of these").is_visible()
    page.wait_for_function("document.activeElement.textContent === 'or'")
    assert violations(page) == []
    # A chip opens with what it says; another operator hides what that does not ask for.
    page.get_by_role("button", name="Industry is Software").click()
    editor = page.locator("#filter-0-0")
    assert editor.get_by_label("Software").is_checked()
    editor.get_by_role("combobox").select_option("filled")
    assert editor.get_by_label("Software").is_hidden()
    assert violations(page) == []
    editor.get_by_role("button", name="Apply").click()
    page.wait_for_url("**industry:filled**")
    assert len(names(page)) == 3
    # One click on a value takes it; what means nothing says so.
    page.goto(cast.url("accounts/?where=industry:filled|mrr:min:x"))
    page.get_by_role("alert").get_by_text("is not a number").wait_for()
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.get_by_role("button", name="MRR ≥ x").click()
    assert page.get_by_label("Value").locator("visible=true").get_attribute("aria-invalid") == "true"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert complaints.texts == []
