"""The first hour in a real browser: from the printed link to figures, to another language, and to a colleague."""

import re

import pytest
from playwright.sync_api import expect

from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import PASSWORD
from tests.front.test_pages import violations
from tests.metrics.books import after
from workspaces.first_owner import first_owner_token
from workspaces.models import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_printed_link_to_figures_and_a_colleague(browser, browser_page, complaints, live_server):
    page = browser_page
    page.goto(f"/welcome/{first_owner_token()}/")
    page.get_by_label("Company name").fill("Nova Works")
    page.get_by_label("Your name").fill("Owner")
    page.get_by_label("Email").fill("owner@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the workspace").click()
    page.get_by_role("heading", name="Welcome to Nova Works").wait_for()
    guide = page.get_by_role("region", name="Get started")
    expect(guide).to_contain_text("1 of 7")
    assert violations(page) == []

    # Unfolded, it stays so on the next page; what comes in by other doors ticks it.
    guide.locator("summary").click()
    workspace = Workspace.objects.get()
    account = facts.account(workspace, "Lanhai Logistics")
    signed = facts.contract(account, starts_on="2026-01-01", ends_on=None)
    close_through(workspace=workspace, until=signed.starts_on, at=after(signed.starts_on))
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(guide).to_contain_text("4 of 7")
    expect(guide.get_by_role("link", name="Invite a colleague")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("¥1,000")

    # Another language, on every page from now on.
    page.locator("[popovertarget=user-menu]").click()
    page.get_by_role("button", name="简体中文").click()
    page.get_by_role("link", name="总览", exact=True).wait_for()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.locator("[popovertarget=user-menu]").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Overview", exact=True).wait_for()

    # A colleague comes in by a link, as a viewer, and is given more.
    guide.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Make the link").click()
    link = re.search(r"/invitation/[\w-]+/", page.content()).group()
    other = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en")
    theirs = other.new_page()
    complaints.listen_to(theirs)
    theirs.goto(link)
    theirs.get_by_label("Name").fill("Colleague")
    theirs.get_by_label("Email").fill("colleague@example.com")
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.locator("main button[type=submit]").click()
    theirs.get_by_role("link", name="Overview", exact=True).wait_for()
    assert theirs.get_by_role("region", name="Get started").count() == 0
    assert theirs.get_by_role("link", name="Imports").count() == 0

    # The owner is told, and what leads there says so.
    page.goto(f"/w/{workspace.slug}/settings/members/")
    page.get_by_role("link", name="Notifications, 1 unread").click()
    page.get_by_role("link", name=re.compile("Colleague joined the workspace")).click()
    page.get_by_label("Role").select_option("manager")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert page.get_by_role("link", name="Notifications", exact=True).count() == 1
    theirs.reload()
    theirs.get_by_role("link", name="Imports").wait_for()
    other.close()

    # Put away, it is gone from every page.
    page.get_by_role("button", name="Put away").click()
    page.get_by_text("The checklist is put away").wait_for()
    assert page.get_by_role("region", name="Get started").count() == 0
    assert complaints.texts == []


def test_question_mark_shows_the_keys_and_help_leads_to_the_guide(browser_page, complaints, live_server):
    page = browser_page
    page.goto(f"/welcome/{first_owner_token()}/")
    for label, value in (("Company name", "Nova"), ("Your name", "Owner"), ("Email", "o@example.com")):
        page.get_by_label(label).fill(value)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the workspace").click()
    page.get_by_role("link", name="Help", exact=True).click()
    page.get_by_role("button", name="Show the keys").click()
    page.get_by_role("heading", name="Keyboard shortcuts").last.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Read the guide").click()
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name="Closings").click()
    assert page.url.endswith("#closings")
    assert complaints.texts == []
