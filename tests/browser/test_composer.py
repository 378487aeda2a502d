"""The composer in a real browser: one line that unfolds, a draft that stays, a colleague behind an @, and Ctrl+Enter."""

import pytest

from accounts.models import Attachment, Interaction, Mention, Task
from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import PHONE, sign_in, violations
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    cast.manager.user.name = "王磊"
    cast.manager.user.save(update_fields=["name"])
    return cast


def test_an_entry_is_written_left_found_again_and_saved(browser_page, complaints, cast):
    account = facts.account(cast.workspace)
    facts.contact(account, "Zhao Min")
    page = browser_page
    address = cast.url(f"accounts/{account.pk}/")
    page.goto(address)
    text = page.get_by_label("Write a note, / for a call, visit, meeting…")
    assert page.get_by_label("Subject").is_hidden()
    # A stroke goes to the kinds, in a Chinese input method's form too.
    text.click()
    page.keyboard.type("、")
    assert text.input_value() == ""
    assert page.evaluate("document.activeElement.name") == "kind"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.get_by_label("Call", exact=True).is_checked()
    page.keyboard.type("Talked, @wl")
    page.locator("#mention-list").get_by_text("王磊").wait_for()
    assert violations(page) == []
    # Enter that confirms a candidate of an input method picks nobody and sends nothing.
    text.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    assert page.locator("#mention-list li").count() == 1
    page.keyboard.press("Enter")
    assert text.input_value() == "Talked, @王磊 "
    page.get_by_label("Subject").fill("Seats")
    page.get_by_label("Subject").press("Enter")
    page.get_by_label("Next step", exact=True).fill("Send the offer")
    page.get_by_label("Make it a task").check()
    page.get_by_text("Draft kept in this browser").wait_for()
    page.goto(cast.url("accounts/"))
    page.goto(address)
    assert text.input_value() == "Talked, @王磊 "
    assert page.get_by_label("Call", exact=True).is_checked()
    assert page.get_by_label("Make it a task").is_checked()
    page.locator("#composer input[type=file]").set_input_files(
        [{"name": "offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}]
    )
    page.get_by_role("checkbox", name="Zhao Min").check()
    text.press("Control+Enter")
    page.get_by_text(": Seats").wait_for()
    page.locator("#account-tasks").get_by_text("Send the offer").wait_for()
    page.locator("#files").get_by_role("link", name="offer.pdf").wait_for()
    assert text.input_value() == ""
    assert page.get_by_label("Subject").is_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0
    assert violations(page) == []
    with workspace_scope(cast.workspace):
        assert Interaction.objects.get().kind == "call"
        assert [model.objects.count() for model in (Task, Attachment, Mention)] == [1, 1, 1]
    page.set_viewport_size({"width": PHONE, "height": 844})
    text.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.get_by_role("button", name="Discard").click()
    # A stance, and a contact, without leaving the page; the focus stays.
    page.get_by_role("button", name="Stance of Zhao Min: Unknown").click()
    page.get_by_role("button", name="Champion").click()
    page.get_by_role("button", name="Stance of Zhao Min: Champion").wait_for()
    assert page.evaluate("document.activeElement.id").startswith("stance-of-")
    page.get_by_text("Add contact").click()
    page.get_by_label("Name", exact=True).fill("Li Qiang")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Li Qiang").wait_for()
    assert complaints.texts == []


def test_a_caret_that_leaves_the_mention_closes_its_list(browser_page, complaints, cast):
    account = facts.account(cast.workspace)
    page = browser_page
    page.goto(cast.url(f"accounts/{account.pk}/"))
    text = page.get_by_label("Write a note, / for a call, visit, meeting…")
    text.click()
    page.keyboard.type("Talked to @wl")
    page.locator("#mention-list").get_by_text("王磊").wait_for()
    page.keyboard.press("Home")
    page.locator("#mention-list").wait_for(state="hidden")
    page.keyboard.press("Enter")
    assert text.input_value() == "\nTalked to @wl"
    assert complaints.texts == []


def test_nothing_is_typed_into_an_entry_that_is_on_its_way(browser_page, cast):
    account = facts.account(cast.workspace)
    page, held = browser_page, []
    page.route("**/compose/", lambda route: held.append(route))
    page.goto(cast.url(f"accounts/{account.pk}/"))
    text = page.get_by_label("Write a note, / for a call, visit, meeting…")
    text.fill("Talked about seats")
    for _attempt in ("broken off", "answered"):
        with page.expect_request("**/compose/"):
            text.press("Control+Enter")
        page.keyboard.type(" and more")
        assert text.input_value() == "Talked about seats"
        if not held[1:]:
            # What did not arrive can be changed and sent again.
            held[0].abort()
            page.wait_for_function("() => !document.querySelector('[data-composer-text]').readOnly")
    held[1].continue_()
    page.locator("#timeline").get_by_text("Talked about seats").wait_for()
    assert text.input_value() == ""
    page.keyboard.type("Next")
    with workspace_scope(cast.workspace):
        assert [talk.minutes for talk in Interaction.objects.all()] == ["Talked about seats"]
