"""The first hour of a company, by mouse and keyboard: open, invite, join, make a key, leave."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import PASSWORD
from tests.front.test_pages import violations
from workspaces.first_owner import first_owner_url
from workspaces.models import Membership, Workspace
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_server(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


@pytest.fixture
def guest_page(browser, complaints, live_server):
    """A second person's browser."""
    context = browser.new_context(base_url=live_server.url, locale="en")
    page = context.new_page()
    complaints.listen_to(page)
    yield page
    context.close()


def test_a_company_opens_invites_and_says_goodbye(browser_page, guest_page, complaints):
    page, guest = browser_page, guest_page
    page.goto(first_owner_url())
    assert violations(page) == []
    page.get_by_label("Company name").fill("Lanhai Software")
    page.get_by_label("Your name").fill("Wang Fang")
    page.get_by_label("Email").fill("wang@lanhai.example")
    page.get_by_label("Password").fill("too short")
    page.get_by_role("button", name="Open the workspace").click()
    # What is wrong has the focus, and what was right is still there.
    assert page.evaluate("document.activeElement.name") == "password"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/lanhai-software/start/")
    assert violations(page) == []

    page.goto("/w/lanhai-software/settings/members/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Role").select_option(label="Viewer")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#invitation-link").inner_text()
    assert violations(page) == []

    guest.goto(link)
    assert violations(guest) == []
    guest.get_by_label("Email").fill("li@lanhai.example")
    guest.get_by_label("Your name").fill("Li Na")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    guest.wait_for_url("**/w/lanhai-software/**")
    guest.goto("/w/lanhai-software/settings/")
    guest.get_by_text("Only owners may change these.").wait_for()
    assert violations(guest) == []

    page.goto("/w/lanhai-software/settings/api-keys/new/")
    page.get_by_label("Name").fill("CRM sync")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#api-key").inner_text()
    assert violations(page) == []
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert Client().get("/api/v1/accounts/", **bearer).status_code == 200
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    page.get_by_text("Revoked and expired").first.wait_for()
    assert Client().get("/api/v1/accounts/", **bearer).status_code == 401

    page.goto("/w/lanhai-software/settings/members/")
    page.get_by_role("link", name="Li Na", exact=True).click()
    page.get_by_text("Li Na owns no accounts and has no open tasks.").wait_for()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_text("Li Na is deactivated").first.wait_for()
    assert violations(page) == []
    assert guest.goto("/w/lanhai-software/settings/").status == 404

    page.goto("/w/lanhai-software/activity/?kind=membership")
    page.get_by_text("deactivated").first.wait_for()
    assert violations(page) == []
    with workspace_scope(Workspace.objects.get()):
        assert Membership.objects.filter(is_active=True).count() == 1
    # The browser itself notes the statuses of refused forms and pages.
    noted = ("422 (Unprocessable", "404 (Not Found)")
    assert [text for text in complaints.texts if not any(status in text for status in noted)] == []
