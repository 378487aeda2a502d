"""Answers that come late or beside each other, and what somebody does meanwhile, in a real browser."""

import datetime as dt

import pytest

from accounts.models import Contact, RenewalStage
from metrics.closing import close_through
from tests.accounts import facts
from tests.metrics.books import after
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLOSED = dt.date(2026, 3, 10)


class Held:
    """Requests whose address holds a text wait until they are let go."""

    def __init__(self, page, text: str, method: str = ""):
        self.page, self.routes = page, []
        page.route(lambda url: text in url, self.take)
        self.method = method

    def take(self, route):
        if self.method and route.request.method != self.method:
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self, count: int):
        for _patience in range(500):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{len(self.routes)} of {count} requests came")

    def let_go(self, place: int):
        self.routes[place].continue_()


def test_the_kind_that_was_asked_last_is_shown_and_the_page_stops_loading(browser_page, cast):
    page = browser_page
    account = facts.account(cast.workspace)
    page.goto(cast.url(f"accounts/{account.pk}/"), wait_until="networkidle")
    held = Held(page, "timeline/?show=")
    shows = page.locator("#timeline .timeline-shows a")
    wanted = shows.nth(2).inner_text()
    shows.nth(1).click()
    held.wait(1)
    shows.nth(2).click()
    held.wait(2)
    held.let_go(0)
    page.wait_for_timeout(300)
    held.let_go(1)
    page.locator("#timeline [aria-current]", has_text=wanted).wait_for()
    page.wait_for_function("() => !document.documentElement.hasAttribute('data-loading')")


def test_two_stances_changed_at_once_are_both_shown(browser_page, cast):
    page = browser_page
    account = facts.account(cast.workspace)
    people = [facts.contact(account, name) for name in ("Zhao Min", "Chen Lu")]
    page.goto(cast.url(f"accounts/{account.pk}/"), wait_until="networkidle")
    held = Held(page, "/stance/")
    for place, person in enumerate(people):
        page.locator(f"#stance-of-{person.pk}").click()
        page.locator(f"#stances-of-{person.pk} button[value=supporter]").click()
        held.wait(place + 1)
    held.let_go(0)
    page.get_by_text("Saved.").wait_for()
    page.wait_for_timeout(300)
    held.let_go(1)
    page.wait_for_function("() => document.querySelectorAll('#committee .pill-button .pill.good').length === 2")
    page.wait_for_function("() => !document.documentElement.hasAttribute('data-loading')")


def stages(cast):
    with workspace_scope(cast.workspace):
        return sorted(RenewalStage.objects.values_list("contract__account__name", "stage"))


def test_a_card_moved_while_another_is_on_its_way_arrives_too(browser_page, complaints, cast):
    page = browser_page
    for name in ("Anhe Retail", "Lanhai Logistics"):
        facts.contract(facts.account(cast.workspace, name), starts_on="2025-06-01", ends_on="2026-05-31")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    page.goto(cast.url("renewals/list/?layout=board&saved=none"))
    held = Held(page, "renewals/move/", "POST")

    def drag(name, column):
        target = page.get_by_role("region", name=column, exact=True)
        page.locator("[data-card]", has_text=name).drag_to(target)

    drag("Anhe Retail", "Offer sent")
    held.wait(1)
    drag("Lanhai Logistics", "Agreed")
    held.let_go(0)
    held.wait(2)
    held.let_go(1)
    page.get_by_text("Lanhai Logistics: Agreed").wait_for()
    assert stages(cast) == [("Anhe Retail", "offer_sent"), ("Lanhai Logistics", "agreed")]
    assert page.locator("[data-card]", has_text="Lanhai Logistics").count() == 1
    # A second press of the same kind by keyboard waits as well; what is refused puts back all that waits.
    page.unroute_all()
    page.route("**/renewals/move/**", lambda route: route.abort())
    drag("Anhe Retail", "Agreed")
    page.get_by_text("No connection to the server.").wait_for()
    page.get_by_role("region", name="Offer sent", exact=True).get_by_role("link", name="Anhe Retail").wait_for()


def test_what_is_typed_for_a_contact_outlives_other_answers(browser_page, cast):
    page = browser_page
    account = facts.account(cast.workspace)
    contact = facts.contact(account, "Zhao Min")
    page.goto(cast.url(f"accounts/{account.pk}/"), wait_until="networkidle")
    page.get_by_text("Add contact", exact=True).click()
    name = page.locator("#committee .quick-add [name=name]")
    name.fill("Chen Lu")
    page.locator(f"#stance-of-{contact.pk}").click()
    page.locator(f"#stances-of-{contact.pk} button[value=champion]").click()
    page.get_by_text("Saved.").wait_for()
    page.locator(f"#stance-of-{contact.pk} .pill.good").wait_for()
    assert name.input_value() == "Chen Lu"
    page.get_by_label("Write a note, / for a call, visit, meeting…").fill("Talked")
    page.keyboard.press("Control+Enter")
    page.locator("#timeline").get_by_text("Talked").first.wait_for()
    assert name.input_value() == "Chen Lu"
    name.press("Enter")
    page.get_by_role("link", name="Chen Lu").first.wait_for()
    assert name.input_value() == ""
    with workspace_scope(cast.workspace):
        assert Contact.objects.filter(name="Chen Lu").count() == 1


def test_columns_chosen_and_typed_while_the_form_is_asked_stay(browser_page, cast):
    page = browser_page
    page.goto(cast.url("imports/new/?kind=accounts"))
    content = "number,title,branch,place\nC-1,Lanhai,Retail,East\n"
    page.locator("[name=file]").set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Continue").click()
    page.locator("#mapping select").nth(3).wait_for()
    names = page.locator("#mapping tbody select").evaluate_all("all => all.map((one) => one.name)")
    held = Held(page, "/columns/", "POST")
    first, second = (page.locator(f"#mapping [name='{name}']") for name in (names[2], names[3]))
    first.select_option("industry")
    held.wait(1)
    second.select_option("region")
    typed = page.locator("[name=constant-channel]")
    typed.press_sequentially("Half a wo")
    held.let_go(0)
    held.wait(2)
    held.let_go(1)
    page.wait_for_function("() => !document.documentElement.hasAttribute('data-loading')")
    assert (first.input_value(), second.input_value()) == ("industry", "region")
    assert typed.input_value() == "Half a wo"
    assert typed.evaluate("field => field === document.activeElement")
    # The answer to what was typed comes while the button is pressed for which the field was left.
    page.unroute_all()
    page.keyboard.type("rd")
    check = page.get_by_role("button", name="Check the rows")
    check.scroll_into_view_if_needed()
    button = check.bounding_box()
    page.mouse.move(button["x"] + 8, button["y"] + 8)
    with page.expect_response(lambda response: "/columns/" in response.url):
        page.mouse.down()
    page.wait_for_function("() => !document.documentElement.hasAttribute('data-loading')")
    with page.expect_request(lambda request: request.is_navigation_request() and request.method == "POST"):
        page.mouse.up()


def test_a_file_that_could_not_be_sent_is_chosen_again(browser_page, cast):
    page = browser_page
    account = facts.account(cast.workspace)
    page.goto(cast.url(f"accounts/{account.pk}/"), wait_until="networkidle")
    offer = {"name": "offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.route("**/files/", lambda route: route.abort())
    page.locator("#files input[type=file]").set_input_files([offer])
    page.get_by_text("No connection to the server.").wait_for()
    assert page.locator("#files input[type=file]").evaluate("field => field.files.length") == 0


def test_the_menu_of_filters_is_read_once(browser_page, cast):
    page = browser_page
    facts.contract(facts.account(cast.workspace), starts_on="2025-06-01", ends_on="2026-05-31")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    page.goto(cast.url("breakdown/"), wait_until="networkidle")
    held = Held(page, "/narrow/")
    page.get_by_role("button", name="Filter", exact=True).click()
    held.wait(1)
    page.wait_for_timeout(200)
    held.let_go(0)
    page.locator("#filter-add").get_by_role("button").first.wait_for()
    page.wait_for_timeout(300)
    assert len(held.routes) == 1
    assert page.evaluate("document.activeElement.closest('#filter-add') !== null")


def test_a_search_that_fails_does_not_look_empty(browser_page, cast):
    page = browser_page
    page.goto(cast.url("tasks/"))
    page.route("**/find/**", lambda route: route.fulfill(status=500, body="no"))
    page.keyboard.press("Control+k")
    page.keyboard.type("anhe")
    page.get_by_text("No connection to the server: only what this page offers is listed.").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator(".palette-unreached").wait_for(state="hidden")
