"""The gallery in a real browser: nothing refused by the security policy, no accessibility violation, keys work."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("light", "en"), ("dark", "en"), ("light", "zh-hans"), ("dark", "zh-hans")]


def open_gallery(page, theme="light", language="en"):
    page.goto(f"/gallery/?theme={theme}&language={language}", wait_until="networkidle")
    page.wait_for_selector("figure.chart svg")


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_gallery_has_no_complaint_and_no_accessibility_violation(browser_page, complaints, theme, language):
    open_gallery(browser_page, theme, language)
    browser_page.wait_for_timeout(400)
    results = Axe().run(
        browser_page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    found = [
        f"{rule['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:200]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
    assert found == []
    assert complaints.texts == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_gallery_fits_the_window(browser_page, width):
    browser_page.set_viewport_size({"width": width, "height": 900})
    open_gallery(browser_page, language="zh-hans")
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_console_check_sees_inline_style_and_script(browser_page, complaints):
    open_gallery(browser_page)
    browser_page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>");
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
        }"""
    )
    assert browser_page.evaluate("window.ran") is None
    assert len([text for text in complaints.texts if "Content Security Policy" in text]) == 2


@pytest.mark.parametrize("key", ["/", "、"])
def test_slash_focuses_the_search_of_the_page(browser_page, key):
    open_gallery(browser_page)
    browser_page.evaluate("document.activeElement.blur()")
    browser_page.evaluate(
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))", key
    )
    assert browser_page.evaluate("document.activeElement.matches('[data-search]')")


def test_question_mark_lists_the_keys(browser_page):
    open_gallery(browser_page)
    browser_page.evaluate("document.activeElement.blur()")
    browser_page.keyboard.press("?")
    assert browser_page.locator("dialog#keys").is_visible()
    browser_page.keyboard.press("Escape")
    assert not browser_page.locator("dialog#keys").is_visible()


def test_first_refused_field_has_the_focus(browser_page):
    open_gallery(browser_page)
    assert browser_page.evaluate("document.activeElement.name") == "name"
    assert browser_page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_enter_while_composing_sends_nothing(browser_page):
    open_gallery(browser_page)
    prevented = browser_page.evaluate(
        """() => ["true", "false"].map((composing) => {
            const event = new KeyboardEvent("keydown", {
                key: "Enter", isComposing: composing === "true", bubbles: true, cancelable: true,
            });
            document.activeElement.dispatchEvent(event);
            return event.defaultPrevented;
        })"""
    )
    assert prevented == [True, False]


def test_menu_opens_beside_its_button_and_moves_by_arrows(browser_page):
    open_gallery(browser_page)
    button = browser_page.locator("[popovertarget=specimen-menu]")
    button.click()
    menu = browser_page.locator("#specimen-menu")
    assert menu.is_visible()
    assert abs(menu.bounding_box()["y"] - button.bounding_box()["y"] - button.bounding_box()["height"]) < 12
    first = browser_page.evaluate("document.activeElement.textContent")
    browser_page.keyboard.press("ArrowDown")
    assert browser_page.evaluate("document.activeElement.textContent") != first
    browser_page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert browser_page.evaluate("document.activeElement.getAttribute('popovertarget')") == "specimen-menu"


def test_what_cannot_be_undone_wants_the_name_typed(browser_page):
    open_gallery(browser_page)
    browser_page.get_by_role("button", name="Delete").first.click()
    dialog = browser_page.locator("#specimen-confirm")
    assert dialog.locator("[type=submit]").is_disabled()
    dialog.locator("input[name=confirm]").fill("Lanhai")
    assert dialog.locator("[type=submit]").is_enabled()


def test_theme_choice_survives_a_reload_without_script(browser_page, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "theme", "value": "dark", "url": live_server.url}])
    page = context.new_page()
    page.goto("/gallery/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_sidebar_is_a_drawer_on_a_phone(browser_page):
    browser_page.set_viewport_size({"width": 390, "height": 844})
    open_gallery(browser_page)
    side = browser_page.locator("#side")
    assert not side.is_visible()
    browser_page.locator("[data-open-drawer]").click()
    browser_page.wait_for_timeout(250)
    assert side.is_visible()
    browser_page.keyboard.press("Escape")
    browser_page.wait_for_timeout(250)
    assert not side.is_visible()
    assert browser_page.evaluate("document.activeElement.hasAttribute('data-open-drawer')")


def test_row_opens_by_a_click_anywhere(browser_page):
    open_gallery(browser_page)
    browser_page.locator("tr[data-href] td.num").first.click()
    assert browser_page.evaluate("location.hash") == "#Lanhai%20Logistics"


def test_chart_mark_leads_to_its_rows(browser_page):
    open_gallery(browser_page)
    canvas = browser_page.locator("figure[data-chart=bridge] .chart-canvas")
    box = canvas.bounding_box()
    # the second of seven bars, somewhere in its middle
    canvas.click(position={"x": box["width"] * 1.5 / 7, "y": box["height"] * 0.45})
    browser_page.wait_for_timeout(200)
    assert browser_page.evaluate("location.hash") == "#new"
