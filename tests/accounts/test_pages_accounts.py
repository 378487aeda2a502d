"""The list of accounts and the pages to enter, change and void one, through the door that people use."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.accounts import facts
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")
BASE_QUERIES = 9  # who is it, which workspace, the scope, the shell's list of workspaces


def get(cast, person, path, **params):
    return cast.client(person).get(cast.url(path), params)


def text(response):
    return response.content.decode()


def names(response):
    return [account.name for account in response.context["list"].rows]


@pytest.fixture
def book(cast):
    """Five accounts that differ in all that can be filtered."""
    owner = cast.member.user.email
    rows = [
        (
            "兰海物流",
            {"region": "East", "industry": "Logistics", "owner": owner},
            (680_000, "2023-04-01", "2026-06-30"),
        ),
        ("恒泰软件", {"region": "North", "industry": "Software"}, (120_050, "2024-01-01", "2026-05-31")),
        ("Acme Retail", {"region": "East", "industry": "Retail", "short_name": "Acme"}, (0, "2022-01-01", None)),
        ("Bolt Labs", {"region": "North", "industry": "Retail"}, None),
        ("Corvus", {"legal_name": "Corvus Industrie GmbH"}, None),
    ]
    made = []
    for name, row, figures in rows:
        published = None
        if figures:
            mrr, since, renewal = figures
            published = {
                "mrr_cents": mrr,
                "customer_since": dt.date.fromisoformat(since),
                "churned_on": None if mrr else dt.date(2025, 1, 1),
                "renewal_on": dt.date.fromisoformat(renewal) if renewal else None,
            }
        made.append(facts.account(cast.workspace, name, figures=published, **row))
    return made


def test_list_shows_figures_standing_and_totals(cast, book):
    response = get(cast, cast.viewer, "accounts/")
    assert names(response) == ["Acme Retail", "Bolt Labs", "Corvus", "恒泰软件", "兰海物流"]
    assert response.context["summary"] == "5 accounts · MRR ¥8,001"
    page = text(response)
    for shown in ("¥6,800", "¥1,201", "Churned", "Prospect", "Paying", "2023-04-01", "2026-06-30", "Member"):
        assert shown in page


def test_filter_and_mark_agree_on_who_pays(cast, book):
    """A balance abroad may come to no cent at home; who pays it is a customer all the same, in the list as on the mark."""
    with workspace_scope(cast.workspace):
        Account.objects.filter(name="恒泰软件").update(mrr_cents=0)
        marked = {account.name: account.standing for account in Account.objects.all()}
    assert set(marked.values()) == {"paying", "churned", "prospect"}
    for standing in set(marked.values()):
        found = set(names(get(cast, cast.viewer, f"accounts/?standing={standing}")))
        assert found == {name for name in marked if marked[name] == standing}
    assert marked["恒泰软件"] == "paying"


@pytest.mark.parametrize(
    "words, found",
    [
        ("兰海", ["兰海物流"]),
        ("海物", ["兰海物流"]),
        ("acme", ["Acme Retail"]),
        ("industrie", ["Corvus"]),
        ("100%", []),
        ("_", []),
        ("___", []),
        ("兰", ["兰海物流"]),
        ("a", ["Acme Retail"]),
        ("BO", ["Bolt Labs"]),
        ("物", []),
        ("兰海 ", ["兰海物流"]),
        ("\\", []),
    ],
)
def test_search_finds_parts_of_names(cast, book, words, found):
    assert names(get(cast, cast.viewer, "accounts/", q=words)) == found


def test_search_counts_what_it_finds(cast, book):
    response = get(cast, cast.viewer, "accounts/", q="lab")
    assert names(response) == ["Bolt Labs"]
    for n in range(6):
        facts.account(cast.workspace, f"Labs {n}")
    response = get(cast, cast.viewer, "accounts/", q="labs")
    assert response.context["summary"] == "7 accounts · MRR ¥0"


def test_two_characters_are_found_through_the_index(cast, book):
    with workspace_scope(cast.workspace), connection.cursor() as cursor:
        cursor.execute("select searchable('兰海 Acme'), search_pattern('兰_海%')")
        assert cursor.fetchone() == ("兰兰海海 acme", "%兰兰\\_海海\\%%")
        # Two characters become four, which hold two trigrams: what the index is asked for.
        cursor.execute("select array_length(show_trgm(searchable('兰海')), 1) > 3")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "params, found",
    [
        ({"standing": "paying"}, ["恒泰软件", "兰海物流"]),
        ({"standing": "churned"}, ["Acme Retail"]),
        ({"standing": "prospect"}, ["Bolt Labs", "Corvus"]),
        ({"region": "East"}, ["Acme Retail", "兰海物流"]),
        ({"region": "East", "industry": "Retail"}, ["Acme Retail"]),
        ({"owner": "none"}, ["Acme Retail", "Bolt Labs", "Corvus", "恒泰软件"]),
        ({"sort": "-mrr"}, ["兰海物流", "恒泰软件", "Corvus", "Bolt Labs", "Acme Retail"]),
        ({"sort": "since"}, ["Acme Retail", "兰海物流", "恒泰软件", "Bolt Labs", "Corvus"]),
        ({"sort": "-renewal"}, ["兰海物流", "恒泰软件", "Corvus", "Bolt Labs", "Acme Retail"]),
    ],
)
def test_filters_and_sorts(cast, book, params, found):
    assert names(get(cast, cast.viewer, "accounts/", **params)) == found


def test_filter_by_owner(cast, book):
    assert names(get(cast, cast.viewer, "accounts/", owner=str(cast.member.pk))) == ["兰海物流"]


def test_list_says_what_to_clear_when_nothing_matches(cast, book):
    page = text(get(cast, cast.viewer, "accounts/", region="East", industry="Software"))
    assert "Nothing matches" in page
    assert f'href="{cast.url("accounts/")}?industry=Software#filter-add-button"' in page
    assert f'href="{cast.url("accounts/")}?region=East#filter-add-button"' in page


def test_first_use_offers_the_actions_that_start_it(cast):
    page = text(get(cast, cast.member, "accounts/"))
    assert "No accounts yet" in page
    assert cast.url("accounts/new/") in page
    assert cast.url("accounts/new/") not in text(get(cast, cast.viewer, "accounts/"))


def test_list_needs_at_most_eight_queries_however_many_rows(cast, book):
    client = cast.client(cast.viewer)
    counts = []
    for more in (60, 500):
        with workspace_scope(cast.workspace):
            Account.objects.bulk_create(
                Account(workspace=cast.workspace, name=f"Z {n}", owner=cast.member, industry=f"I{n}", region=f"R{n}")
                for n in range(more)
            )
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(cast.url("accounts/")).context["list"].rows) == 50
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] - BASE_QUERIES <= 8


def test_a_long_list_is_counted_afterwards(cast, book, monkeypatch):
    monkeypatch.setattr("workspaces.list_totals.COUNT_UP_TO", 3)
    with workspace_scope(cast.workspace):
        Account.objects.bulk_create(Account(workspace=cast.workspace, name=f"Z {n}") for n in range(60))
    response = get(cast, cast.viewer, "accounts/", sort="-mrr")
    assert response.context["summary"] == "More than 3 accounts"
    totals_url = cast.url("accounts/totals/") + "?sort=-mrr"
    assert f'hx-get="{totals_url}"' in text(response)
    foot = cast.client(cast.viewer).get(totals_url, headers={"HX-Request": "true"})
    assert "65 accounts · MRR ¥8,001" in text(foot)
    assert "hx-get" not in text(foot)
    assert "<html" not in text(foot)


@pytest.mark.parametrize(
    "words", ["\x00", "a\x00b", "x" * 5000, "' or 1=1 --", "\\", "%%%", "\ud7ff", "\U0010ffff", "𠮷"]
)
@pytest.mark.parametrize("path", ["accounts/", "contacts/", "contracts/", "products/", "accounts/suggestions/"])
def test_no_search_is_an_error(cast, path, words):
    assert get(cast, cast.viewer, path, q=words, account=words).status_code == 200


@pytest.mark.parametrize("params", [{"sort": "\x00"}, {"owner": "\x00"}, {"cursor": "\x00"}, {"region": "x" * 9000}])
def test_no_address_is_an_error(cast, book, params):
    assert len(names(get(cast, cast.viewer, "accounts/", **params))) == 5


# Entering and changing


def test_a_new_account_is_written_with_its_trail(cast):
    response = cast.client(cast.member).post(
        cast.url("accounts/new/"),
        {
            "name": " Lanhai Logistics ",
            "short_name": "Lanhai",
            "former_names": "Lan Hai Freight\n\n East Sea Cargo ",
            "employees": "1.2万",
            "owner": cast.manager.user.email,
            "credit_code": "",
        },
    )
    with workspace_scope(cast.workspace):
        made = Account.objects.get()
        assert (made.name, made.short_name) == ("Lanhai Logistics", "Lanhai")
        assert made.former_names == ["Lan Hai Freight", "East Sea Cargo"]
        assert made.employees == 12_000
        assert made.owner_id == cast.manager.pk
        trail = Activity.objects.get(subject_type="account")
        assert (trail.verb, trail.door, trail.actor) == ("created", "page", cast.member.user.email)
    assert response.status_code == 302
    assert response.url == cast.url(f"accounts/{made.pk}/")


@pytest.mark.parametrize(
    "typed, field, message",
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "x" * 201}, "name", "At most 200 characters."),
        ({"credit_code": "91110108MA01"}, "credit_code", "unified social credit code"),
        ({"employees": "many"}, "employees", "not a number"),
        ({"employees": "-5"}, "employees", "less than 0"),
        ({"external_id": "A1"}, "external_id", "exists already"),
        ({"website": "w" * 300}, "website", "At most 200 characters."),
        ({"note": "n" * 30_000}, "note", "At most 20000 characters."),
    ],
)
def test_a_bad_account_is_refused_beside_its_field(cast, typed, field, message):
    facts.account(cast.workspace, "Taken", external_id="A1")
    response = cast.client(cast.member).post(
        cast.url("accounts/new/"), {"name": "Lanhai", "industry": "Logistics"} | typed
    )
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    assert 'aria-invalid="true"' in text(response)
    assert 'value="Logistics"' in text(response)  # what was typed is kept
    with workspace_scope(cast.workspace):
        assert [account.name for account in Account.objects.all()] == ["Taken"]


def test_all_errors_of_a_form_show_at_once(cast):
    response = cast.client(cast.member).post(
        cast.url("accounts/new/"), {"name": "", "employees": "many", "credit_code": "short"}
    )
    assert set(response.context["form"].errors) == {"name", "employees", "credit_code"}


def test_a_change_keeps_the_rest_and_says_before_and_after(cast):
    made = facts.account(cast.workspace, industry="Retail", external_id="A1", note="Old")
    client = cast.client(cast.member)
    form = client.get(cast.url(f"accounts/{made.pk}/edit/")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"industry": "Logistics"}
    assert client.post(cast.url(f"accounts/{made.pk}/edit/"), typed).status_code == 302
    with workspace_scope(cast.workspace):
        made.refresh_from_db()
        assert (made.industry, made.note, made.external_id) == ("Logistics", "Old", "A1")
        trail = Activity.objects.get(verb="updated")
        assert (trail.before, trail.after) == ({"industry": "Retail"}, {"industry": "Logistics"})
    page = text(client.get(cast.url(f"accounts/{made.pk}/")))
    assert "Account changed" in page
    assert "<del>Retail</del> → <ins>Logistics</ins>" in page


# One account's page


def test_page_shows_contracts_people_and_what_is_missing(cast):
    account = facts.account(
        cast.workspace,
        figures={"mrr_cents": 100_000, "customer_since": dt.date(2025, 1, 1), "renewal_on": dt.date(2026, 4, 12)},
    )
    facts.contract(account, number="HT-1")
    facts.contact(account, "Wang Lei", roles=["user", "evaluator"], title="CTO")
    page = text(get(cast, cast.viewer, f"accounts/{account.pk}/"))
    for shown in ("¥1,000", "HT-1", "in 12 days", "Wang Lei", "Evaluator", "CTO"):
        assert shown in page
    assert "No decision maker is known; the renewal is due in 12 days" in page
    assert "Only one contact is known" in page
    facts.contact(account, "Li Qiang", roles=["decision_maker"])
    page = text(get(cast, cast.viewer, f"accounts/{account.pk}/"))
    assert "No decision maker" not in page
    assert "Only one contact" not in page


def test_page_of_a_bare_account(cast):
    account = facts.account(cast.workspace)
    page = text(get(cast, cast.member, f"accounts/{account.pk}/"))
    assert "No contracts" in page
    assert "No contact is known" in page
    assert f"{cast.url('contracts/new/')}?account={account.pk}" in page


def test_page_needs_the_same_queries_for_many_contracts_and_people(cast):
    account = facts.account(cast.workspace)
    client = cast.client(cast.viewer)
    counts = []
    for year in (2020, 2021, 2022, 2023):
        facts.contract(account, f"{year}-01-01", f"{year}-12-31", number=f"HT-{year}")
        facts.contact(account, f"Person {year}")
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url(f"accounts/{account.pk}/"))
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts == [counts[0]] * 4
    assert counts[0] - BASE_QUERIES <= 18


def test_a_website_is_a_link_only_where_it_is_one(cast):
    good = facts.account(cast.workspace, website="www.lanhai.example")
    bad = facts.account(cast.workspace, "Evil", website="javascript:alert(1)")
    assert 'href="https://www.lanhai.example"' in text(get(cast, cast.viewer, f"accounts/{good.pk}/"))
    assert 'href="javascript' not in text(get(cast, cast.viewer, f"accounts/{bad.pk}/"))


def test_what_was_typed_is_never_markup(cast):
    evil = "<script>alert(1)</script>"
    account = facts.account(cast.workspace, evil, note=evil, short_name=evil)
    facts.contact(account, evil)
    facts.contract(account, number=evil)
    for path in ("accounts/", f"accounts/{account.pk}/", "contacts/", "contracts/"):
        assert evil not in text(get(cast, cast.viewer, path))


def test_timeline_goes_on_in_older_entries(cast, monkeypatch):
    monkeypatch.setattr("accounts.account_timeline.PAGE", 2)
    account = facts.account(cast.workspace)
    for name in ("Wang Lei", "Li Qiang", "Zhao Min"):
        facts.contact(account, name)
    response = get(cast, cast.viewer, f"accounts/{account.pk}/")
    assert [entry.text for entry in response.context["timeline"]] == [
        "Contact Zhao Min entered",
        "Contact Li Qiang entered",
    ]
    older = response.context["older_url"]
    partial = cast.client(cast.viewer).get(older, headers={"HX-Request": "true"})
    assert "Contact Wang Lei entered" in text(partial)
    assert "<html" not in text(partial)
    whole = cast.client(cast.viewer).get(older)
    assert "<html" in text(whole)
    assert "Account entered" in text(whole)


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "9" * 30,
        "2026-03-31T10:00:00Z",
        "2026-03-31T10:00:00_trail_1",
        "0001-01-01T00:00:00Z_money_1",
        "2026-03-31T10:00:00Z_nobody_1",
        "2026-03-31T10:00:00Z_talks_1",
        "2026-03-31T10:00:00Z_trail_x",
        f"2026-03-31T10:00:00Z_trail_{9 * 10**30}",
    ],
)
def test_timeline_before_nonsense_is_not_found(cast, before):
    account = facts.account(cast.workspace)
    assert get(cast, cast.viewer, f"accounts/{account.pk}/timeline/", before=before).status_code == 404


# Voiding


def test_voiding_asks_for_a_reason_and_takes_contracts_along(cast):
    account = facts.account(cast.workspace)
    contract = facts.contract(account)
    client = cast.client(cast.member)
    refused = client.post(cast.url(f"accounts/{account.pk}/void/"), {"reason": " \x00 "}, follow=True)
    assert "Give a reason" in text(refused)
    with workspace_scope(cast.workspace):
        assert Account.objects.standing().count() == 1
    done = client.post(cast.url(f"accounts/{account.pk}/void/"), {"reason": "Entered twice"}, follow=True)
    assert "Lanhai Logistics was voided" in text(done)
    with workspace_scope(cast.workspace):
        account.refresh_from_db()
        contract.refresh_from_db()
        assert (account.void_reason, contract.void_reason) == ("Entered twice", "Entered twice")
    assert client.get(cast.url(f"accounts/{account.pk}/")).status_code == 404
    assert client.get(cast.url(f"contracts/{contract.pk}/")).status_code == 404


# Who may


def test_a_viewer_sees_no_way_to_write_and_is_refused(cast):
    account = facts.account(cast.workspace)
    page = text(get(cast, cast.viewer, f"accounts/{account.pk}/"))
    for path in ("edit/", "void/", "contracts/new/", "contacts/new/"):
        assert path not in page
    client = cast.client(cast.viewer)
    for path in ("accounts/new/", f"accounts/{account.pk}/edit/", f"accounts/{account.pk}/void/"):
        assert client.post(cast.url(path), {"name": "X", "reason": "X"}).status_code == 403
    assert client.get(cast.url("accounts/new/")).status_code == 403
    with workspace_scope(cast.workspace):
        assert [one.name for one in Account.objects.standing()] == ["Lanhai Logistics"]


def test_another_workspaces_account_does_not_exist(cast):
    theirs = facts.account(cast.rival, "Secret")
    client = cast.client(cast.owner)
    for path in (f"accounts/{theirs.pk}/", f"accounts/{theirs.pk}/edit/", f"accounts/{theirs.pk}/timeline/?before=9"):
        assert client.get(cast.url(path)).status_code == 404
    assert client.post(cast.url(f"accounts/{theirs.pk}/void/"), {"reason": "X"}).status_code == 404
    assert "Secret" not in text(client.get(cast.url("accounts/")))
    assert "Secret" not in text(client.get(cast.url("accounts/suggestions/"), {"account": "Secr"}))
    with workspace_scope(cast.rival):
        assert Account.objects.get().voided_at is None


def test_suggestions_are_a_few_options(cast):
    for n in range(15):
        facts.account(cast.workspace, f"Lanhai {n:02}")
    page = text(get(cast, cast.viewer, "accounts/suggestions/", account="lanh"))
    assert page.count("<option") == 10
    assert "<option" not in text(get(cast, cast.viewer, "accounts/suggestions/", account=""))
