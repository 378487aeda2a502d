"""Every page an owner can reach by links, in a real browser: nothing refused by the security policy, no script error,
no accessibility violation, nothing wider than a phone."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from b2bops.demo.load import load_demo
from metrics.closing import close_through
from tests.cast import AT, DAY, make_cast, with_password
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = 390
# The rows of a table are alike: what axe finds in the fortieth it finds in the first ten.
ALIKE = {"exclude": [["tbody > tr:nth-of-type(n + 11)"]]}
# Answers with a file, or pages that are not ours.
NOT_PAGES = ("api", "workspace-api")


def view_name(path: str) -> str | None:
    """The URL name a path leads to; None for addresses that are not pages of the product."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name is None or match.namespace in NOT_PAGES or match.view_name == "account_logout":
        return None
    return match.view_name


def violations(page) -> list[str]:
    """What axe finds on the page as it stands."""
    return [
        f"{page.url} {rule['id']}: {node['html'][:160]}"
        for rule in Axe().run(page, ALIKE, {"runOnly": AXE_TAGS, "resultTypes": ["violations"]}).response["violations"]
        for node in rule["nodes"]
    ]


def links_of(page) -> list[str]:
    """Paths with their query of the page's links that stay on the site, in reading order."""
    # An SVG link's href is not a string: read the attribute.
    script = "links => links.map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"
    hrefs = page.eval_on_selector_all("a[href]:not([download])", script)
    here = urlsplit(page.url)
    parts = [urlsplit(href) for href in hrefs]
    return [
        part.path + (f"?{part.query}" if part.query else "")
        for part in parts
        if (part.scheme, part.netloc) == (here.scheme, here.netloc)
    ]


def crawl(page, start: str, look: str) -> tuple[dict[str, str], list[str]]:
    """Visits one address of each URL name that links lead to. Returns {name: address} and what was found wrong."""
    seen: dict[str, str] = {}
    found: list[str] = []
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        name = view_name(urlsplit(address).path)
        if name is None or name in seen:
            continue
        seen[name] = address
        separator = "&" if "?" in address else "?"
        try:
            response = page.goto(f"{address}{separator}{look}", wait_until="load")
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        if response.status >= 400:
            found.append(f"{address}: {response.status}")
            continue
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        found += violations(page)
        page.set_viewport_size({"width": PHONE, "height": 844})
        if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE:
            found.append(f"{address}: {width} pixels wide on a phone of {PHONE}")
        page.set_viewport_size({"width": 1440, "height": 900})
        waiting += links_of(page)
    return seen, found


def sign_in(page, cast, live_server) -> None:
    """Puts the owner's session cookie into the browser."""
    client = cast.client(cast.owner)
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    )


# The gallery holds every component to both themes and languages; here each page is seen in one of each.
@pytest.mark.parametrize(
    ("content", "look"), [("empty", "theme=light&language=en"), ("demo", "theme=dark&language=zh-hans")]
)
def test_every_linked_page_is_clean(browser_page, complaints, live_server, look, content):
    cast = make_cast()
    with_password(cast.owner)
    if content == "demo":
        with workspace_scope(cast.workspace):
            load_demo(workspace=cast.workspace, last_day=DAY, by=cast.actor(cast.owner))
        # Some months are enough for every chart and table to have something in it.
        close_through(workspace=cast.workspace, until=DAY - timedelta(days=900), at=AT)
    sign_in(browser_page, cast, live_server)
    seen, found = crawl(browser_page, f"/w/{cast.workspace.slug}/settings/", look)
    assert found == []
    assert complaints.texts == []
    assert len(seen) > 8, f"the crawl must not end at the door: {seen}"


@pytest.mark.parametrize(
    "address", ["/sign-in/login/", "/sign-in/password/reset/", "/sign-in/signup/", "/no-such-page"]
)
@pytest.mark.parametrize("look", ["theme=light&language=en", "theme=dark&language=zh-hans"])
def test_pages_outside_a_workspace_are_clean(browser_page, complaints, address, look):
    browser_page.goto(f"{address}?{look}", wait_until="load")
    assert violations(browser_page) == []
    # the browser itself notes the status of an error page
    assert [text for text in complaints.texts if "404 (Not Found)" not in text] == []
