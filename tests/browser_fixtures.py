"""A real browser for tests marked `browser`: pages that report what the console and the content security policy say."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium_path() -> str | None:
    """The browser named by PLAYWRIGHT_CHROMIUM, one on the PATH, or None for Playwright's own."""
    if named := os.environ.get("PLAYWRIGHT_CHROMIUM"):
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Complaints:
    """What a page objected to: script errors, refused inline code, failed assets."""

    texts: list[str] = field(default_factory=list)

    def listen_to(self, page) -> None:
        page.on("pageerror", lambda error: self.texts.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: self.texts.append(f"{page.url}: {message.text}") if message.type == "error" else None,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """One browser for the run. Missing, it is an error and not a skip: these tests are part of the product's."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only browser tests pay for it

    assert (Path(settings.BASE_DIR) / "frontend" / "dist" / "app.css").exists(), (
        "the assets are not built: npm ci && npm run build in frontend/"
    )
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture(scope="session")
def dry_server() -> Iterator[LiveServer]:
    """A server for pages that touch no database: nothing to empty after each test, and touching it is an error."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def dry_page(browser, complaints, dry_server) -> Iterator:
    """As browser_page, for pages that touch no database."""
    context = browser.new_context(base_url=dry_server.url, viewport={"width": 1440, "height": 900}, locale="en")
    page = context.new_page()
    complaints.listen_to(page)
    yield page
    context.close()


@pytest.fixture
def browser_page(browser, complaints, live_server) -> Iterator:
    """A fresh page at 1440 × 900 with paths relative to the test server; `complaints` collects what it objects to."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en")
    page = context.new_page()
    complaints.listen_to(page)
    yield page
    context.close()
