"""Signing in with a second step, in a real browser: set up by hand, asked for, replaced by a recovery code."""

from uuid import uuid4

import pytest

from tests.cast import PASSWORD, make_cast, with_password
from tests.front.test_pages import PHONE, violations
from tests.workspaces.test_two_step import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


def give_password(page, person) -> None:
    page.goto("/sign-in/login/")
    page.get_by_label("Email").fill(person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page) -> None:
    page.locator("[popovertarget=user-menu]").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/login/**")


def test_the_second_step_is_set_up_and_asked_for(browser_page, complaints):
    cast = make_cast()
    with_password(cast.member)
    page, person = browser_page, cast.member
    give_password(page, person)
    page.wait_for_url("**/w/acme/**")
    page.locator("[popovertarget=user-menu]").click()
    page.get_by_role("link", name="Sign-in and security").click()
    page.get_by_role("link", name="Set up").click()
    # It asks for the password first, although the session is new.
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("svg.qr").wait_for()
    assert violations(page) == []
    page.get_by_text("It cannot be scanned?").click()
    secret = page.locator("#two-step-secret").inner_text()
    page.get_by_role("textbox", name="code").fill("12 34")
    page.keyboard.press("Enter")
    page.locator("[aria-invalid=true]").wait_for()
    page.get_by_role("textbox", name="code").fill(code_of(secret))
    page.keyboard.press("Enter")
    codes = page.locator("#recovery-codes")
    codes.wait_for()
    assert violations(page) == []
    kept = codes.inner_text().split()
    assert len(kept) == 10
    page.goto(cast.url("accounts/"))
    sign_out(page)
    give_password(page, person)
    page.wait_for_url("**/sign-in/code/**")
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(page) == []
    page.locator("[name=code]:focus").wait_for()
    # Without the code, the product stays closed.
    page.goto(cast.url("accounts/"))
    page.wait_for_url("**/sign-in/code/**")
    page.locator("[name=code]:focus").wait_for()
    page.keyboard.type(kept[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/acme/**")
    assert [text for text in complaints.texts if "422" not in text] == []
