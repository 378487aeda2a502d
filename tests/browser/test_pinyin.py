"""People who are chosen by the letters of their names, in a real browser."""

import pytest

from tests.accounts import facts
from tests.cast import make_cast
from tests.front.test_pages import sign_in
from workspaces.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(live_server, browser_page):
    cast = make_cast()
    User.objects.filter(pk=cast.manager.user_id).update(name="王磊")
    User.objects.filter(pk=cast.viewer.user_id).update(name="汪洋")
    sign_in(browser_page, cast, live_server)
    return cast


def test_people_are_chosen_by_letters(browser_page, complaints, cast):
    page = browser_page
    account = facts.account(cast.workspace, "上海云帆软件")
    # A select: the letters that are typed one after the other are one word.
    page.goto(cast.url(f"accounts/{account.pk}/edit/"))
    owner = page.get_by_label("Owner")
    owner.focus()
    with page.expect_response("**/colleagues/"):
        page.keyboard.type("wangl", delay=30)
    page.wait_for_function("select => select.selectedOptions[0].textContent === '王磊'", arg=owner.element_handle())
    page.wait_for_timeout(1100)
    page.keyboard.type("wy", delay=30)
    page.wait_for_function("select => select.selectedOptions[0].textContent === '汪洋'", arg=owner.element_handle())
    # A mention.
    page.goto(cast.url(f"accounts/{account.pk}/"))
    page.locator("[data-composer-text]").fill("")
    page.locator("[data-composer-text]").press_sequentially("@wanglei")
    page.get_by_role("option", name="王磊").wait_for()
    # The palette, and the list.
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("shyfrj")
    page.get_by_role("option", name="上海云帆软件").wait_for()
    page.goto(cast.url("accounts/?q=yunfan"))
    assert page.locator("a.row-link").all_text_contents() == ["上海云帆软件"]


def test_fields_and_pages_are_found_by_letters(browser_page, complaints, cast):
    page = browser_page
    facts.account(cast.workspace, "上海云帆软件")
    User.objects.filter(pk=cast.owner.user_id).update(language="zh-hans")
    page.goto(cast.url("accounts/"))
    page.locator("#filter-add-button").click()
    page.locator("#filter-add [data-find]:focus").wait_for()
    page.keyboard.type("hy")
    page.locator("#filter-add button:visible", has_text="行业").wait_for()
    assert page.locator("#filter-add button:visible").count() == 1
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="行业").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("ht")
    page.get_by_role("option", name="合同").first.wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("zdyzd")
    page.get_by_role("option", name="自定义字段").wait_for()
    assert complaints.texts == []
