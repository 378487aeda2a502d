"""The gallery in a real browser: nothing refused by the security policy, no accessibility violation, keys work."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

LOOKS = [("light", "en"), ("dark", "en"), ("light", "zh-hans"), ("dark", "zh-hans")]


# From a file's bytes: what it is, its size, its first pixel, and how many colours are in it.
PICTURE = """async (hex) => {
  const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const image = await createImageBitmap(new Blob([bytes]));
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const kind = String.fromCharCode(...bytes.slice(1, 4));
  return [kind, image.width, image.height, [...data.slice(0, 4)], new Set(new Uint32Array(data.buffer)).size];
}"""


def open_gallery(page, theme="light", language="en"):
    page.goto(f"/gallery/?theme={theme}&language={language}", wait_until="load")
    page.wait_for_selector("figure.chart svg")


def violations(page) -> list[str]:
    """What axe finds, as rule, element and reason."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    response = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response
    return [
        f"{rule['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:200]}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_gallery_has_no_complaint_and_no_accessibility_violation(dry_page, complaints, theme, language):
    open_gallery(dry_page, theme, language)
    dry_page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    # skeletons and bars have faded in
    dry_page.wait_for_timeout(400)
    assert violations(dry_page) == []
    assert complaints.texts == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_over_the_page_has_no_accessibility_violation(dry_page, theme):
    open_gallery(dry_page, theme)
    for open_it in ("Control+k", "?"):
        dry_page.evaluate("document.activeElement.blur()")
        dry_page.keyboard.press(open_it)
        assert violations(dry_page) == [], open_it
        dry_page.keyboard.press("Escape")
    for name in ("specimen-menu", "about-mrr"):
        dry_page.locator(f"[popovertarget={name}]").first.click()
        assert violations(dry_page) == [], name
        dry_page.keyboard.press("Escape")
    dry_page.get_by_role("button", name="Delete").first.click()
    assert violations(dry_page) == []


def test_chart_table_downloads_as_csv_with_plain_numbers(dry_page):
    open_gallery(dry_page)
    dry_page.locator("[popovertarget=bridge-tools]").click()
    with dry_page.expect_download() as download:
        dry_page.locator("[data-csv=bridge-table]").click()
    assert download.value.suggested_filename == "bridge.csv"
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the byte-order mark"
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[:3] == ["Step,Amount", "Dec 25,1142000", "New,86400"]
    assert "Churn,-27900" in lines


def test_chart_is_taken_along_as_a_picture_on_white(dry_page, complaints):
    open_gallery(dry_page, theme="dark")
    dry_page.locator("[popovertarget=movements-tools]").click()
    with dry_page.expect_download() as download:
        dry_page.locator("[data-picture=movements][data-look=light]").click()
    assert download.value.suggested_filename == "movements.png"
    kind, width, height, corner, inks = dry_page.evaluate(PICTURE, Path(download.value.path()).read_bytes().hex())
    assert (kind, width) == ("PNG", 1920)
    assert height > 760, "the chart with its title"
    assert corner == [255, 255, 255, 255]
    assert inks > 20, "bars, letters and their soft edges"
    assert dry_page.locator("html").get_attribute("data-theme") == "dark"
    assert complaints.texts == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_gallery_fits_the_window(dry_page, width):
    dry_page.set_viewport_size({"width": width, "height": 900})
    open_gallery(dry_page, language="zh-hans")
    assert dry_page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_console_check_sees_inline_style_and_script(dry_page, complaints):
    open_gallery(dry_page)
    dry_page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>");
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
        }"""
    )
    assert dry_page.evaluate("window.ran") is None
    assert len([text for text in complaints.texts if "Content Security Policy" in text]) == 2


@pytest.mark.parametrize("key", ["/", "、"])
def test_slash_focuses_the_search_of_the_page(dry_page, key):
    open_gallery(dry_page)
    dry_page.evaluate("document.activeElement.blur()")
    dry_page.evaluate(
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))", key
    )
    assert dry_page.evaluate("document.activeElement.matches('[data-search]')")


def test_question_mark_lists_the_keys(dry_page):
    open_gallery(dry_page)
    dry_page.evaluate("document.activeElement.blur()")
    dry_page.keyboard.press("?")
    assert dry_page.locator("dialog#keys").is_visible()
    dry_page.keyboard.press("Escape")
    assert not dry_page.locator("dialog#keys").is_visible()


def test_first_refused_field_has_the_focus(dry_page):
    open_gallery(dry_page)
    assert dry_page.evaluate("document.activeElement.name") == "name"
    assert dry_page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_enter_while_composing_sends_nothing(dry_page):
    open_gallery(dry_page)
    prevented = dry_page.evaluate(
        """() => ["true", "false"].map((composing) => {
            const event = new KeyboardEvent("keydown", {
                key: "Enter", isComposing: composing === "true", bubbles: true, cancelable: true,
            });
            document.activeElement.dispatchEvent(event);
            return event.defaultPrevented;
        })"""
    )
    assert prevented == [True, False]


def test_menu_opens_beside_its_button_and_moves_by_arrows(dry_page):
    open_gallery(dry_page)
    button = dry_page.locator("[popovertarget=specimen-menu]")
    button.click()
    menu = dry_page.locator("#specimen-menu")
    assert menu.is_visible()
    assert abs(menu.bounding_box()["y"] - button.bounding_box()["y"] - button.bounding_box()["height"]) < 12
    first = dry_page.evaluate("document.activeElement.textContent")
    dry_page.keyboard.press("ArrowDown")
    assert dry_page.evaluate("document.activeElement.textContent") != first
    dry_page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert dry_page.evaluate("document.activeElement.getAttribute('popovertarget')") == "specimen-menu"


def test_what_cannot_be_undone_wants_the_name_typed(dry_page):
    open_gallery(dry_page)
    dry_page.get_by_role("button", name="Delete").first.click()
    dialog = dry_page.locator("#specimen-confirm")
    assert dialog.locator("[type=submit]").is_disabled()
    dialog.locator("input[name=confirm]").fill("Lanhai")
    assert dialog.locator("[type=submit]").is_enabled()


def test_theme_choice_survives_a_reload_without_script(dry_page, browser, dry_server):
    context = browser.new_context(base_url=dry_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "theme", "value": "dark", "url": dry_server.url}])
    page = context.new_page()
    page.goto("/gallery/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_sidebar_is_a_drawer_on_a_phone(dry_page):
    dry_page.set_viewport_size({"width": 390, "height": 844})
    open_gallery(dry_page)
    side = dry_page.locator("#side")
    assert not side.is_visible()
    dry_page.locator("[data-open-drawer]").click()
    dry_page.wait_for_timeout(250)
    assert side.is_visible()
    dry_page.keyboard.press("Escape")
    dry_page.wait_for_timeout(250)
    assert not side.is_visible()
    assert dry_page.evaluate("document.activeElement.hasAttribute('data-open-drawer')")


def test_row_opens_by_a_click_anywhere(dry_page):
    open_gallery(dry_page)
    dry_page.locator("tr[data-href] td.num").first.click()
    assert dry_page.evaluate("location.hash") == "#Lanhai%20Logistics"


def test_chart_mark_leads_to_its_rows(dry_page):
    open_gallery(dry_page)
    canvas = dry_page.locator("figure[data-chart=bridge] .chart-canvas")
    box = canvas.bounding_box()
    # the second of seven bars, somewhere in its middle
    canvas.click(position={"x": box["width"] * 1.5 / 7, "y": box["height"] * 0.45})
    dry_page.wait_for_timeout(200)
    assert dry_page.evaluate("location.hash") == "#new"


def test_palette_finds_a_page_and_goes_there(dry_page):
    open_gallery(dry_page)
    dry_page.evaluate("document.querySelector('#side a.nav-link').href = '#went'")
    dry_page.keyboard.press("Control+k")
    options = dry_page.locator("#palette [role=option]")
    assert options.count() >= 6
    dry_page.keyboard.type("overv")
    assert options.first.inner_text().startswith("Overview")
    dry_page.keyboard.press("Enter")
    assert not dry_page.locator("#palette").is_visible()
    assert dry_page.evaluate("location.hash") == "#went"


def test_palette_says_when_nothing_matches_but_still_searches_accounts(dry_page):
    open_gallery(dry_page)
    dry_page.keyboard.press("Control+k")
    dry_page.keyboard.type("蓝海")
    assert dry_page.locator("#palette [role=option]").all_inner_texts() == ["Find accounts: 蓝海"]
    dry_page.keyboard.press("Escape")
    assert not dry_page.locator("#palette").is_visible()


def test_marking_a_text_past_the_edge_of_a_dialog_leaves_it_open(dry_page):
    open_gallery(dry_page)
    dry_page.get_by_role("button", name="Delete").first.click()
    dialog = dry_page.locator("#specimen-confirm")
    field = dialog.locator("input[name=confirm]")
    field.fill("Lanhai")
    box = field.bounding_box()
    dry_page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    dry_page.mouse.down()
    dry_page.mouse.move(20, box["y"], steps=4)
    dry_page.mouse.up()
    assert dialog.is_visible()
    dry_page.mouse.click(20, 20)
    assert not dialog.is_visible()


def test_a_menu_stays_beside_its_button_in_a_window_that_changes(dry_page):
    open_gallery(dry_page)
    button, menu = dry_page.locator("[popovertarget=specimen-menu]"), dry_page.locator("#specimen-menu")
    button.click()
    dry_page.set_viewport_size({"width": 1200, "height": 860})
    dry_page.wait_for_timeout(100)
    assert menu.is_visible()
    assert abs(menu.bounding_box()["y"] - button.bounding_box()["y"] - button.bounding_box()["height"]) < 12


def test_copying_twice_says_the_button_s_own_words_again(dry_page):
    open_gallery(dry_page)
    button = dry_page.locator("[data-copy='HT-2025-118']")
    button.click()
    button.click()
    button.get_by_text("Copied").wait_for()
    button.get_by_text("Copy", exact=True).wait_for()


def test_escape_while_composing_leaves_the_search_its_focus(dry_page):
    open_gallery(dry_page)
    focused = dry_page.evaluate(
        """() => ["true", "false"].map((composing) => {
            const field = document.querySelector("main [data-search]");
            field.focus();
            field.dispatchEvent(new KeyboardEvent("keydown", {
                key: "Escape", isComposing: composing === "true", bubbles: true, cancelable: true,
            }));
            return document.activeElement === field;
        })"""
    )
    assert focused == [True, False]
