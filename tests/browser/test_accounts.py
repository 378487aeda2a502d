"""What people do all day with accounts and contracts, in a real browser."""

import datetime as dt

import pytest

from accounts.models import Account, Contract
from tests.accounts import facts
from tests.front.test_pages import PHONE, violations
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The other theme and language: every page of the demo, in the crawl (tests/front/test_pages.py).
LOOK = "theme=light&language=en"


@pytest.fixture
def account(cast):
    made = facts.account(
        cast.workspace,
        "兰海物流",
        short_name="Lanhai",
        industry="Logistics",
        former_names=["Lan Hai Freight"],
        figures={"mrr_cents": 100_000, "customer_since": dt.date(2025, 1, 1), "renewal_on": dt.date(2030, 1, 1)},
    )
    facts.contact(made, "Wang Lei", roles=["user"], mobile="13800000000")
    first = facts.contract(made, "2025-01-01", "2025-12-31", number="HT-1")
    facts.contract(made, "2026-01-01", "2026-12-31", number="HT-2", renews_id=str(first.pk))
    facts.contract(made, "2027-01-05", "2027-12-31", number="HT-3")
    return made


def test_a_contract_is_entered_with_two_lines_and_its_renewal_confirmed(browser_page, complaints, cast, account):
    page = browser_page
    page.goto(cast.url(f"accounts/{account.pk}/"))
    page.get_by_role("link", name="New contract").click()
    assert page.get_by_role("combobox", name="Account").input_value() == "兰海物流"
    page.get_by_label("Number", exact=False).first.fill("HT-4")
    page.get_by_label("First day").fill("2028-01-01")
    page.get_by_label("Last day").fill("2028-12-31")
    lines = page.locator("[data-row]:visible")
    assert lines.count() == 1
    lines.nth(0).get_by_label("Product").fill("Core")
    lines.nth(0).get_by_label("Unit amount").fill("一百")
    page.get_by_role("button", name="Add line").click()
    assert lines.count() == 2
    assert lines.nth(1).get_by_label("Product").evaluate("field => field === document.activeElement")
    lines.nth(1).get_by_label("Product").fill("Seats")
    lines.nth(1).get_by_label("Unit amount").fill("1.2k")
    lines.nth(1).get_by_label("Amount is for").select_option("months")
    lines.nth(1).locator('[name$="-interval_months"]').fill("6")
    page.get_by_role("button", name="Save").click()
    # One amount could not be read: it has the focus, everything typed is still there.
    assert page.evaluate("document.activeElement.name") == "lines-0-unit_amount"
    assert page.get_by_label("Number").input_value() == "HT-4"
    shown = page.locator("[data-row]:visible")
    assert shown.nth(1).locator('[name$="-interval_months"]').input_value() == "6"
    shown.nth(0).get_by_label("Unit amount").fill("5万")
    shown.nth(0).get_by_label("Discount").fill("8.5折")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/contracts/*-*/")
    page.get_by_role("heading", name="HT-4").wait_for()
    page.get_by_text("Does HT-4 renew HT-3?").wait_for()
    page.get_by_role("button", name="Yes, it renews it").click()
    page.wait_for_url("**/contracts/*-*/")
    page.get_by_text("1 renewal linked.").wait_for()
    with workspace_scope(cast.workspace):
        made = Contract.objects.get(number="HT-4")
        assert made.renews.number == "HT-3"
        assert [line.product.name for line in made.lines.order_by("position")] == ["Core", "Seats"]
    # the browser itself notes that a form came back with errors
    assert [text for text in complaints.texts if "422" not in text] == []


def test_totals_for_the_whole_contract_need_no_interval(browser_page, cast, account):
    page = browser_page
    page.goto(cast.url(f"contracts/new/?account={account.pk}"))
    page.get_by_label("Amount is for").first.wait_for()
    page.get_by_label("totals for the whole contract").check()
    assert page.get_by_label("Amount is for").first.is_hidden()
    assert page.get_by_label("Tax rate").is_hidden()
    page.get_by_label("Amounts include tax").check()
    page.get_by_label("Tax rate").wait_for()


def test_lines_are_taken_away_and_numbered_anew(browser_page, cast, account):
    page = browser_page
    page.goto(cast.url(f"contracts/new/?account={account.pk}"))
    lines = page.locator("[data-row]:visible")
    for number in range(4):
        if number:
            page.get_by_role("button", name="Add line").click()
        lines.nth(number).get_by_label("Product").fill(f"P{number}")
    lines.nth(1).get_by_role("button", name="Remove line").click()
    assert [lines.nth(n).get_by_label("Product").input_value() for n in range(3)] == ["P0", "P2", "P3"]
    page.get_by_role("button", name="Add line").click()
    names = page.locator('[data-row]:visible input[name$="-product"]').evaluate_all("all => all.map((one) => one.name)")
    assert len(set(names)) == 4


def test_lists_are_walked_by_keyboard_and_narrowed(browser_page, cast, account):
    page = browser_page
    with workspace_scope(cast.workspace):
        Account.objects.bulk_create(Account(workspace=cast.workspace, name=f"Account {n:03}") for n in range(60))
    page.goto(cast.url("accounts/"))
    page.locator("a.row-link").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Account 001"
    page.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="兰海物流").wait_for()
    page.get_by_role("link", name="Previous").click()
    page.get_by_role("link", name="Account 000").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("兰海")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator("a.row-link").all_text_contents() == ["兰海物流"]
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="Standing").click()
    page.get_by_role("link", name="Churned").click()
    page.get_by_text("Nothing matches").wait_for()
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("link", name="MRR").click()
    page.wait_for_url("**sort=-mrr")
    assert page.locator("a.row-link").first.text_content() == "兰海物流"
    # Anywhere in the row opens it beside the list, its name the page.
    page.locator("tbody tr").first.locator("td").nth(3).click()
    page.wait_for_url(f"**open={account.pk}")
    page.locator("a.row-link").first.press("Enter")
    page.wait_for_url(f"**/accounts/{account.pk}/")


def test_voiding_asks_first(browser_page, cast, account):
    page = browser_page
    page.goto(cast.url(f"accounts/{account.pk}/"))
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Void account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Void").click()
    assert dialog.is_visible()  # no reason yet
    dialog.get_by_label("Reason").fill("Entered twice")
    dialog.get_by_role("button", name="Void").click()
    page.wait_for_url("**/accounts/")
    with workspace_scope(cast.workspace):
        assert Account.objects.standing().count() == 0


def test_pages_are_clean_and_fit_a_phone(browser_page, complaints, cast, account):
    facts.fx_rate(cast.workspace)
    with workspace_scope(cast.workspace):
        contract = Contract.objects.get(number="HT-2")
        contact = account.contacts.get()
    found = []
    for path in (
        "accounts/",
        "accounts/?q=no-such",
        "accounts/new/",
        f"accounts/{account.pk}/",
        f"accounts/{account.pk}/edit/",
        f"accounts/{account.pk}/timeline/?before=2030-01-01T00:00:00Z_trail_1",
        f"accounts/{account.pk}/movements/",
        "contacts/",
        f"contacts/{contact.pk}/",
        f"contacts/{contact.pk}/edit/",
        "contracts/",
        "contracts/renewals/",
        f"contracts/{contract.pk}/",
        f"contracts/{contract.pk}/edit/",
        "products/",
        "fx-rates/",
        "spend/",
        "spend/months/",
    ):
        separator = "&" if "?" in path else "?"
        response = browser_page.goto(cast.url(f"{path}{separator}{LOOK}"), wait_until="networkidle")
        assert response.status == 200
        found += violations(browser_page)
        browser_page.set_viewport_size({"width": PHONE, "height": 844})
        width = browser_page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE:
            found.append(f"{path}: {width} pixels wide on a phone")
        browser_page.set_viewport_size({"width": 1440, "height": 900})
    assert found == []
    assert complaints.texts == []


def test_palette_finds_a_customer_by_a_part_of_the_name(browser_page, cast, account):
    page = browser_page
    page.goto(cast.url("tasks/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("兰海")
    entry = page.locator("#palette [role=option]").filter(has=page.get_by_text("Account", exact=True))
    entry.wait_for()
    assert entry.locator("span").first.text_content() == "兰海物流"
    assert page.locator("#palette [role=option]").last.inner_text() == "Find accounts: 兰海"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/accounts/{account.pk}/")
