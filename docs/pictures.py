"""Takes the pictures in the README and the guides from a running demo, in both languages.

    ./run --detach
    .venv/bin/python docs/pictures.py ADDRESS MAIL PASSWORD

with what `./run --detach` printed. Needs what `./run test` installs.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from launch import chromium

IMAGES = Path(__file__).parent / "images"
SIZE = ViewportSize(width=1440, height=900)
LANGUAGES = {"en": "en", "zh": "zh-hans"}
PAGES = {
    "overview": "",
    "accounts": "accounts/?sort=-mrr",
    "account": "accounts/?sort=-mrr",
    "breakdown": "breakdown/?metric=mrr&group_by=industry",
    "renewals": "renewals/",
    "units": "unit-economics/",
}


def sign_in(page: Page, mail: str, password: str) -> None:
    page.goto("/sign-in/login/")
    page.locator("[name=login]").fill(mail)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/w/demo/**")


def take(page: Page, name: str, language: str) -> None:
    path = f"/w/demo/{PAGES[name]}"
    if name == "account":
        page.goto(path)
        path = page.locator("a.row-link").first.get_attribute("href") or path
    page.goto(f"{path}{'&' if '?' in path else '?'}theme=light&language={LANGUAGES[language]}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # Charts draw themselves in.
    page.screenshot(path=IMAGES / f"{name}.{language}.png")


def main(address: str, mail: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(os.environ), args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, base_url=address).new_page()
        sign_in(page, mail, password)
        for language in LANGUAGES:
            for name in PAGES:
                take(page, name, language)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
