"""A morning without a mouse: signing in, entering an account and a contract, walking a list and coming back."""

import pytest

from accounts.models import Account, Contract
from tests.cast import PASSWORD, make_cast, with_password
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page, wanted, *, limit: int = 80) -> None:
    """Presses Tab until the focus is on the element, where it must be seen to be."""
    wanted = wanted.first
    wanted.wait_for()
    for _step in range(limit):
        page.keyboard.press("Tab")
        if wanted.evaluate("wanted => wanted === document.activeElement"):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_a_morning_without_a_mouse(browser_page, complaints):
    cast = make_cast()
    with_password(cast.owner)
    page = browser_page
    page.goto("/sign-in/login/")
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(cast.owner.user.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/acme/**")
    # The first Tab of a page offers to pass the sidebar.
    page.goto(cast.url("accounts/"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to content"
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="New account", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/new/")
    page.locator("[name=name]:focus").wait_for()
    page.keyboard.type("Corvus")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Corvus").wait_for()
    tab_to(page, page.get_by_role("link", name="New contract", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/contracts/new/**")
    tab_to(page, page.get_by_label("First day"))
    page.keyboard.type("01012026")
    tab_to(page, page.get_by_label("Last day"))
    page.keyboard.type("12312026")
    tab_to(page, page.get_by_label("Product"))
    page.keyboard.type("Core")
    tab_to(page, page.get_by_label("Unit amount"))
    page.keyboard.type("5万")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contracts/*-*/")
    with workspace_scope(cast.workspace):
        assert Contract.objects.get().account.name == "Corvus"
        Account.objects.bulk_create(Account(workspace=cast.workspace, name=f"Account {n:03}") for n in range(120))
    # Down the list, into a row and back: same page of the list, same scroll, same focus.
    page.goto(cast.url("accounts/?sort=-name"))
    page.locator("a.row-link").first.focus()
    # Past the end of the first page: the next one is there before one comes to it.
    for step in range(70):
        page.keyboard.press("ArrowDown")
        if step == 30:
            page.locator("a.row-link").nth(80).wait_for(state="attached")
    here = page.evaluate("document.activeElement.textContent")
    down = page.evaluate(
        "Math.max(scrollY, ...[...document.querySelectorAll('.table-wrap')].map((wrap) => wrap.scrollTop))"
    )
    assert down > 300
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=here).wait_for()
    assert here == "Account 050"
    page.go_back()
    page.wait_for_url("**sort=-name")
    page.wait_for_function("here => document.activeElement.textContent === here", arg=here)
    back = page.evaluate(
        "Math.max(scrollY, ...[...document.querySelectorAll('.table-wrap')].map((wrap) => wrap.scrollTop))"
    )
    assert abs(back - down) < 5
    # The keys that there are.
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Search").first.wait_for()
    page.keyboard.press("Escape")
    assert complaints.texts == []
