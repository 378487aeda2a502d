"""What people see when the network is slow or gone, and how much a page asks of it."""

import gzip

import pytest
from django.conf import settings

from accounts.models import Account
from b2bops.demo.load import load_demo
from tests.accounts import facts
from tests.cast import DAY
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WEIGHT = 300_000


def has_account(cast, name: str) -> int:
    with workspace_scope(cast.workspace):
        return Account.objects.filter(name=name).count()


def test_a_form_waits_for_the_network_and_keeps_what_was_typed(browser_page, cast):
    page = browser_page
    page.goto(cast.url("accounts/new/"))
    page.get_by_label("Name", exact=True).fill("Corvus")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.get_by_text("No network: nothing was sent").wait_for()
    assert page.get_by_label("Name", exact=True).input_value() == "Corvus"
    assert has_account(cast, "Corvus") == 0
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Corvus").wait_for()
    assert has_account(cast, "Corvus") == 1


def test_a_part_of_a_page_that_cannot_be_fetched_says_so(browser_page, cast):
    page = browser_page
    account = facts.account(cast.workspace, "Anhe")
    page.goto(cast.url(f"tasks/?account={account.pk}"))
    page.context.set_offline(True)
    page.keyboard.press("Control+k")
    page.keyboard.type("anhe")
    page.get_by_text("No connection to the server: only what this page offers is listed.").wait_for()
    page.context.set_offline(False)
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    page.locator(".palette-unreached").wait_for(state="hidden")
    page.get_by_role("option").filter(has=page.get_by_text("Account", exact=True)).wait_for()


def test_an_impatient_second_press_makes_no_second_account(browser_page, cast):
    page = browser_page
    page.goto(cast.url("accounts/new/"))
    page.get_by_label("Name", exact=True).fill("Corvus")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 900, "downloadThroughput": 20_000, "uploadThroughput": 20_000}
    wire.send("Network.emulateNetworkConditions", slow)
    twice = """async () => {
        const form = document.querySelector("main form[method=post]");
        form.requestSubmit();
        const isLoading = document.documentElement.hasAttribute("data-loading");
        await new Promise((resume) => setTimeout(resume, 200));
        form.requestSubmit();
        return isLoading;
    }"""
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # The bar at the top moves while it takes long.
    assert page.evaluate(twice)
    page.get_by_role("heading", name="Corvus").wait_for()
    assert len(sent) == 1
    assert has_account(cast, "Corvus") == 1


def test_pages_weigh_little(browser_page, cast):
    """Script and style of the heaviest pages, compressed as the server sends them."""
    with workspace_scope(cast.workspace):
        load_demo(workspace=cast.workspace, last_day=DAY, by=cast.actor(cast.owner))
    page = browser_page
    for path in ("", "accounts/", "imports/new/", "unit-economics/"):
        fetched: dict[str, int] = {}
        dist = settings.BASE_DIR / "frontend" / "dist"

        def weigh(response, fetched=fetched, dist=dist):
            if response.request.resource_type in ("script", "stylesheet"):
                name = response.url.rpartition("/static/")[2]
                fetched[name] = len(gzip.compress((dist / name).read_bytes(), 9))

        page.on("response", weigh)
        page.goto(cast.url(path), wait_until="networkidle")
        page.remove_listener("response", weigh)
        assert {"app.js", "app.css"} <= set(fetched), fetched
        assert sum(fetched.values()) <= WEIGHT, (path, fetched)
