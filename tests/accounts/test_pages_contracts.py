import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Contract, RenewalProposal
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")
BASE_QUERIES = 9


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def typed(*lines, **head):
    """What a browser sends of the form: head fields, and lines as dicts."""
    data = {
        "account": "Lanhai Logistics",
        "kind": "subscription",
        "currency": "CNY",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "basis": "interval",
    } | head
    line = {"product": "Core", "quantity": "1", "unit_amount": "12000", "interval": "year"}
    for number, given in enumerate(lines or [{}]):
        data |= {f"lines-{number}-{name}": value for name, value in (line | given).items()}
    return data


def post_new(cast, data):
    return cast.client(cast.member).post(cast.url("contracts/new/"), data)


# The list


def test_list_shows_terms_mrr_and_state(cast, account):
    facts.contract(account, number="HT-1", line={"discount_percent": "15"})
    facts.contract(account, "2024-01-01", "2024-12-31", number="HT-0", kind="project")
    page = text(cast.client(cast.viewer).get(cast.url("contracts/")))
    for shown in ("HT-1", "Core", "2026-01-01", "2026-12-31", "¥850", "¥10,200", "Running", "Project", "Ended"):
        assert shown in page


@pytest.mark.parametrize(
    "params, found",
    [
        ({}, ["later", "now", "soon", "rolling", "project", "old"]),
        ({"sort": "end"}, ["old", "rolling", "soon", "now", "later", "project"]),
        ({"state": "running"}, ["now", "soon", "rolling", "project"]),
        ({"state": "ending"}, ["soon"]),
        ({"state": "ended"}, ["old"]),
        ({"state": "later"}, ["later"]),
        ({"kind": "project"}, ["project"]),
        ({"currency": "USD"}, ["now"]),
        ({"q": "soo"}, ["soon"]),
        ({"q": "兰海"}, ["later"]),
    ],
)
def test_list_filters_and_sorts(cast, account, params, found):
    other = facts.account(cast.workspace, "兰海物流")
    facts.fx_rate(cast.workspace)
    facts.contract(account, "2023-01-01", "2023-12-31", number="old")
    facts.contract(account, "2024-05-01", "2025-04-30", number="rolling", auto_renew=True)
    facts.contract(account, "2025-05-10", "2026-05-09", number="soon", external_id="S")
    facts.contract(account, "2025-12-01", "2026-11-30", number="now", currency="USD")
    facts.contract(account, "2023-06-01", None, number="project", kind="project")
    facts.contract(other, "2026-06-01", "2027-05-31", number="later")
    rows = cast.client(cast.viewer).get(cast.url("contracts/"), params).context["list"].rows
    assert [row.number for row in rows] == found


def test_list_needs_at_most_eight_queries_however_many_rows(cast, account):
    client = cast.client(cast.viewer)
    counts = []
    for more in (60, 40):
        for n in range(more):
            facts.contract(account, number=f"{more}-{n}", kind="project")
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(cast.url("contracts/")).context["list"].rows) == 50
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] - BASE_QUERIES <= 8


# Entering


def test_a_contract_is_written_with_its_lines(cast, account):
    response = post_new(
        cast,
        typed(
            {"product": "Core", "unit_amount": "¥5万", "discount_percent": "8.5折"},
            {"product": "", "unit_amount": "", "quantity": ""},  # a blank line does not count
            {
                "product": "Seats",
                "quantity": "20",
                "unit_amount": "1.2k",
                "interval": "months",
                "interval_months": "18",
            },
            number="HT-1",
            tax_included="on",
            tax_rate_percent="6%",
            settlement="prepaid",
            signed_on="2025-12-20",
        ),
    )
    with workspace_scope(cast.workspace):
        made = Contract.objects.get()
        assert (made.account_id, made.number, made.settlement) == (account.pk, "HT-1", "prepaid")
        assert (made.tax_included, made.tax_rate_percent) == (True, Decimal(6))
        assert made.signed_on == dt.date(2025, 12, 20)
        first, second = made.lines.order_by("position")
        assert (first.product.name, first.unit_amount, first.discount_percent) == ("Core", 50_000, 15)
        assert (first.interval, first.interval_months) == ("year", None)
        assert (second.product.name, second.quantity, second.unit_amount) == ("Seats", 20, 1200)
        assert second.interval_months == 18
    assert response.url == cast.url(f"contracts/{made.pk}/")


def test_a_contract_total_is_a_line_for_the_whole_term(cast, account):
    post_new(cast, typed({"unit_amount": "12万", "interval": "month"}, basis="total"))
    with workspace_scope(cast.workspace):
        line = Contract.objects.get().lines.get()
        assert (line.interval, line.unit_amount) == ("term", 120_000)
        made = Contract.objects.get()
    form = cast.client(cast.member).get(cast.url(f"contracts/{made.pk}/edit/")).context["form"]
    assert form["basis"].value() == "total"
    page = text(cast.client(cast.viewer).get(cast.url(f"contracts/{made.pk}/")))
    assert "¥10,000" in page
    assert "<h1>Unnumbered contract</h1>" in page


@pytest.mark.parametrize(
    "head, field, message",
    [
        ({"starts_on": ""}, "starts_on", "This field is required."),
        ({"starts_on": "2026-02-30"}, "starts_on", "no such day"),
        ({"starts_on": "2027-02-29"}, "starts_on", "no such day"),
        ({"ends_on": "2025-12-31"}, "ends_on", "The end lies before the start."),
        ({"ends_on": "", "cancelled_on": "2026-03-01"}, "cancelled_on", "Notice needs an end date"),
        ({"tax_included": "on"}, "tax_rate_percent", "Amounts with tax need the tax rate."),
        ({"tax_included": "on", "tax_rate_percent": "six"}, "tax_rate_percent", "is not a number"),
        ({"tax_included": "on", "tax_rate_percent": "130"}, "tax_rate_percent", "greater than 100"),
        ({"currency": "ABC"}, "currency", "Select a valid choice"),
        ({"account": "Nobody"}, "account", "Unknown account."),
        ({"external_id": "TAKEN"}, "external_id", "exists already"),
        ({"note": "n" * 30_000}, "note", "At most 20000 characters."),
    ],
)
def test_a_bad_head_is_refused_beside_its_field(cast, account, head, field, message):
    facts.contract(account, external_id="TAKEN", kind="project")
    response = post_new(cast, typed({"product": "Kept"}, **head))
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    assert 'value="Kept"' in text(response)
    with workspace_scope(cast.workspace):
        assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    "line, field, message",
    [
        ({"product": ""}, "product", "This field is required."),
        ({"unit_amount": ""}, "unit_amount", "This field is required."),
        ({"unit_amount": "-5"}, "unit_amount", "less than 0"),
        ({"unit_amount": "9" * 30}, "unit_amount", "too large"),
        ({"unit_amount": "a lot"}, "unit_amount", "is not a number"),
        ({"quantity": "-1"}, "quantity", "less than 0"),
        ({"discount_percent": "120"}, "discount_percent", "greater than 100"),
        ({"discount_percent": "101折"}, "discount_percent", "is not a discount"),
        ({"interval": ""}, "interval", "Say what the amount is for"),
        ({"interval": "months"}, "interval_months", "Say what the amount is for"),
        ({"interval": "months", "interval_months": "0"}, "interval_months", "less than 1"),
        ({"starts_on": "2025-12-01"}, "starts_on", "before the contract begins"),
        ({"ends_on": "2027-01-01"}, "ends_on", "after the contract ends"),
        ({"starts_on": "2026-06-01", "ends_on": "2026-05-01"}, "ends_on", "The end lies before the start."),
    ],
)
def test_a_bad_line_is_refused_beside_its_field(cast, account, line, field, message):
    response = post_new(cast, typed({}, {"product": "", "unit_amount": ""}, line))
    assert response.status_code == 422
    form = response.context["form"]
    good, bad = form.filled_lines
    assert message in " ".join(bad.errors[field])
    assert not good.errors
    assert f'id="id_lines-2-{field}_error"' in text(response)
    with workspace_scope(cast.workspace):
        assert Contract.objects.count() == 0


def test_all_errors_show_at_once(cast, account):
    response = post_new(cast, typed({"unit_amount": "?"}, {"quantity": "x"}, starts_on="soon", number="n" * 200))
    form = response.context["form"]
    assert set(form.errors) == {"starts_on", "number"}
    assert [set(line.errors) for line in form.filled_lines] == [{"unit_amount"}, {"quantity"}]


def test_rules_of_the_whole_contract_show_beside_what_could_not_be_read(cast, account):
    form = post_new(cast, typed({"unit_amount": "?"}, starts_on="2026-05-01", ends_on="2026-01-01")).context["form"]
    assert set(form.errors) == {"ends_on"}
    assert [set(line.errors) for line in form.filled_lines] == [{"unit_amount"}]


def test_a_refused_form_has_spare_lines_and_no_complaints_about_them(cast, account):
    response = post_new(cast, typed({"unit_amount": "?"}, {"product": "", "unit_amount": ""}))
    assert text(response).count("This field is required.") == 0
    lines = response.context["form"].lines
    assert [(line.prefix, line.is_spare) for line in lines] == [
        ("lines-0", False),
        ("lines-2", True),
        ("lines-3", True),
        ("lines-4", True),
    ]


def test_a_contract_may_not_renew_itself_or_in_a_circle(cast, account):
    first = facts.contract(account, "2024-01-01", "2024-12-31", number="a")
    second = facts.contract(account, "2025-01-01", "2025-12-31", number="b", renews_id=str(first.pk))
    client = cast.client(cast.member)
    form = client.get(cast.url(f"contracts/{first.pk}/edit/")).context["form"]
    assert str(first.pk) not in [value for value, _ in form.fields["renews_id"].choices]
    data = typed(starts_on="2024-01-01", ends_on="2024-12-31")
    circle = client.post(cast.url(f"contracts/{first.pk}/edit/"), data | {"renews_id": str(second.pk)})
    assert "circle" in " ".join(circle.context["form"].errors["renews_id"])
    itself = client.post(cast.url(f"contracts/{first.pk}/edit/"), data | {"renews_id": str(first.pk)})
    assert itself.status_code == 422
    with workspace_scope(cast.workspace):
        first.refresh_from_db()
        assert first.renews_id is None


def test_a_change_replaces_the_lines(cast, account):
    made = facts.contract(account, number="HT-1")
    client = cast.client(cast.member)
    form = client.get(cast.url(f"contracts/{made.pk}/edit/")).context["form"]
    assert [line["product"].value() for line in form.lines[:1]] == ["Core"]
    assert form.lines[0]["unit_amount"].value() == "12000"
    data = typed({"product": "Pro", "unit_amount": "24000"}, {"product": "Seats", "unit_amount": "10"}, number="HT-1")
    assert client.post(cast.url(f"contracts/{made.pk}/edit/"), data).status_code == 302
    with workspace_scope(cast.workspace):
        assert [line.product.name for line in made.lines.order_by("position")] == ["Pro", "Seats"]
    page = text(client.get(cast.url(f"contracts/{made.pk}/")))
    assert "Core 1 × 12,000 / Year" in page
    assert "Pro 1 × 24,000 / Year; Seats 1 × 10 / Year" in page


# The page, renewals


def test_page_shows_lines_with_their_mrr_and_the_chain(cast, account):
    first = facts.contract(account, "2025-01-01", "2025-12-31", number="HT-1")
    second = facts.contract(
        account, number="HT-2", renews_id=str(first.pk), tax_included=True, tax_rate_percent="6",
        line={"quantity": 3, "unit_amount": "1000.5", "interval": "quarter"},
    )  # fmt: skip
    response = cast.client(cast.viewer).get(cast.url(f"contracts/{second.pk}/"))
    # 3 × 1000.5 × 100/106 ÷ 3
    assert response.context["summary"].mrr == Decimal("943.87")
    assert response.context["summary"].amount == Decimal("12006.00")
    page = text(response)
    for shown in ("¥943.87", "¥1,000.5", "Quarter", "included, 6 %", "HT-1"):
        assert shown in page
    assert [one.number for one in response.context["chain"]] == ["HT-1", "HT-2"]
    assert "edit/" not in page


def test_a_likely_renewal_is_asked_on_the_spot_and_linked_on_yes(cast, account):
    first = facts.contract(account, "2025-01-01", "2025-12-31", number="HT-1")
    client = cast.client(cast.member)
    page = client.post(cast.url("contracts/new/"), typed(number="HT-2"), follow=True)
    assert "Does HT-2 renew HT-1?" in text(page)
    proposal = page.context["proposal"]
    address = cast.url(f"contracts/{proposal.contract_id}/")
    answered = client.post(
        cast.url("contracts/renewals/decide/"),
        {"proposal": str(proposal.pk), "decision": "yes", "next": address},
        follow=True,
    )
    assert answered.redirect_chain == [(address, 302)]
    assert "1 renewal linked." in text(answered)
    assert "Does HT-2" not in text(answered)
    with workspace_scope(cast.workspace):
        assert Contract.objects.get(number="HT-2").renews_id == first.pk


def test_open_renewals_are_listed_and_decided_together(cast):
    for n in range(3):
        one = facts.account(cast.workspace, f"Account {n}")
        facts.contract(one, "2025-01-01", "2025-12-31", number=f"old-{n}")
        facts.contract(one, "2026-01-11", "2026-12-31", number=f"new-{n}")
    client = cast.client(cast.member)
    assert '<span class="muted">3</span>' in text(client.get(cast.url("contracts/")))
    response = client.get(cast.url("contracts/renewals/"))
    page = text(response)
    for shown in ("old-0", "new-0", "old-2", "10 days late", "3 open renewals"):
        assert shown in page
    keys = [str(pair["proposal"].pk) for pair in response.context["pairs"]]
    done = client.post(
        cast.url("contracts/renewals/decide/"), {"proposal": [*keys[:2], "nonsense"], "decision": "no"}, follow=True
    )
    assert "2 contracts stay on their own." in text(done)
    assert "This renewal is no longer open." in text(done)
    assert "1 open renewal" in text(done)
    with workspace_scope(cast.workspace):
        assert Contract.objects.filter(renews__isnull=False).count() == 0
        assert RenewalProposal.objects.filter(is_confirmed=False).count() == 2
    again = client.post(cast.url("contracts/renewals/decide/"), {"proposal": keys[:1], "decision": "yes"}, follow=True)
    assert "This renewal is decided already." in text(again)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_an_answer_leads_nowhere_else(cast, back):
    response = cast.client(cast.member).post(cast.url("contracts/renewals/decide/"), {"decision": "no", "next": back})
    assert response.url == cast.url("contracts/renewals/")


def test_voiding_a_contract(cast, account):
    made = facts.contract(account, number="HT-1")
    client = cast.client(cast.member)
    client.post(cast.url(f"contracts/{made.pk}/void/"), {"reason": ""})
    with workspace_scope(cast.workspace):
        assert Contract.objects.standing().count() == 1
    response = client.post(cast.url(f"contracts/{made.pk}/void/"), {"reason": "Never signed"})
    assert response.url == cast.url(f"accounts/{account.pk}/")
    with workspace_scope(cast.workspace):
        assert Contract.objects.standing().count() == 0


def test_viewers_are_refused_and_strangers_find_nothing(cast, account):
    made = facts.contract(account)
    theirs = facts.contract(facts.account(cast.rival), number="Secret")
    viewer = cast.client(cast.viewer)
    for path in (
        "contracts/new/",
        f"contracts/{made.pk}/edit/",
        f"contracts/{made.pk}/void/",
        "contracts/renewals/decide/",
    ):
        assert viewer.post(cast.url(path), typed() | {"reason": "X"}).status_code == 403
    owner = cast.client(cast.owner)
    for path in ("", "edit/"):
        assert owner.get(cast.url(f"contracts/{theirs.pk}/{path}")).status_code == 404
    facts.contract(account, "2025-01-01", "2025-12-31")  # now there is something to choose from
    refused = owner.post(cast.url(f"contracts/{made.pk}/edit/"), typed() | {"renews_id": str(theirs.pk)})
    assert "Select a valid choice" in " ".join(refused.context["form"].errors["renews_id"])
    assert "Secret" not in text(owner.get(cast.url("contracts/")))


def test_decisions_about_another_workspaces_renewals_are_none(cast):
    theirs = facts.account(cast.rival)
    facts.contract(theirs, "2025-01-01", "2025-12-31")
    facts.contract(theirs, "2026-01-01", "2026-12-31")
    with workspace_scope(cast.rival):
        key = RenewalProposal.objects.get().pk
    cast.client(cast.owner).post(cast.url("contracts/renewals/decide/"), {"proposal": str(key), "decision": "yes"})
    with workspace_scope(cast.rival):
        assert RenewalProposal.objects.get().decided_at is None
