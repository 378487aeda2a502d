"""Pages that take figures apart: explanations, the breakdown, cohorts. That the figures are right is proven elsewhere."""

import datetime as dt

import pytest

from accounts.models import Account
from metrics.closing import close_through
from metrics.explanations.workings import COLUMNS, WORKINGS
from metrics.models import AccountDay
from metrics.places import write_place
from tests.accounts import facts
from tests.api.client import Api
from tests.cast import AT
from tests.metrics.test_overview_page import book  # noqa: F401 - a fixture
from workspaces.scope import workspace_scope


def page(cast, path, **query):
    return cast.client(cast.member).get(cast.url(path), query)


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("key", [*WORKINGS, *COLUMNS])
def test_every_figure_has_a_page(book, key):  # noqa: F811
    response = page(book, f"metrics/{key}/", period="2026-02")
    assert response.status_code == 200
    found = response.context["found"]
    left, right = found.working.split(" = ")
    is_shown = found.working in text(response).replace("&#x27;", "'")
    assert is_shown is (left != right), "a plain sum is said once"


def test_an_explanation_shows_the_numbers_and_leads_to_the_rows(book):  # noqa: F811
    response = page(book, "metrics/gross_mrr_churn_rate/", period="2026-02")
    shown = text(response)
    assert "−(−500.00 + 0.00) ÷ 1,500.00 = 0.333333" in shown
    assert response.context["value"] == "33.3333\N{NO-BREAK SPACE}%"
    with workspace_scope(book.workspace):
        beta = Account.objects.get(external_id="Beta")
    assert f'href="{book.url(f"accounts/{beta.pk}/")}"' in shown
    start = next(one for one in response.context["inputs"] if one["name"] == "mrr_start")
    rows = book.client(book.member).get(start["href"]).context["rows"]
    assert sorted((row["label"], row["cells"][0]["text"]) for row in rows) == [
        ("Alpha", "¥1,000.00"),
        ("Beta", "¥500.00"),
    ]
    file = page(book, "metrics/mrr/", period="2026-02", export="csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert sorted(lines[1:]) == ["Alpha,Alpha,1250.00", "Gamma,Gamma,2000.00"]
    due = page(book, "metrics/contracts_due/", period="2026-02")
    assert [row["label"] for row in due.context["rows"]] == ["Beta"]
    assert "contracts/" in text(due)


def test_an_explanation_of_what_is_not_there(book):  # noqa: F811
    assert page(book, "metrics/joy/").status_code == 404
    assert "No figures for this period" in text(page(book, "metrics/mrr/", period="1999-01"))
    cursor = write_place("quick_ratio", ("0199aaaa-0000-7000-8000-000000000000",))
    assert page(book, "metrics/quick_ratio/", period="2026-02", part="new", cursor=cursor).status_code == 200
    odd = page(book, "metrics/mrr/", period="2026-02", part="nonsense", cursor="x", group_by="mood", size="huge")
    assert odd.status_code == 200
    assert odd.context["found"].value == 3250


def test_the_breakdown_by_groups_with_comparison_and_its_links(book):  # noqa: F811
    with workspace_scope(book.workspace):
        Account.objects.filter(workspace=book.workspace, external_id__in=["Alpha", "Beta"]).update(industry="mining")
    response = page(book, "breakdown/", metric="mrr", group_by="industry", compare="previous")
    table = response.context["table"]
    assert table["heads"][-2:] == ["Jan 26", "Feb 26"]
    shown = {row["label"]: [cell["full"] for cell in row["cells"]] for row in table["rows"]}
    assert shown == {"(none)": ["¥0", "¥2,000"], "mining": ["¥1,500", "¥1,250"]}
    mining = next(row for row in table["rows"] if row["label"] == "mining")
    assert (mining["delta"].text, table["against"]) == ("−16.7\N{NO-BREAK SPACE}%", "vs Jan 26")
    explained = book.client(book.member).get(mining["cells"][-1]["href"])
    assert explained.context["found"].value == 1250
    assert "mining" in text(explained)
    alone = book.client(book.member).get(mining["href"])
    assert [step["role"] for step in alone.context["bridge"]["steps"]] == ["total", "expansion", "churn", "total"]
    file = page(book, "breakdown/", metric="mrr", group_by="industry", export="csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Group,2026-01,2026-02", "(none),0.00,2000.00", "mining,1500.00,1250.00"]
    spend = page(book, "breakdown/", metric="spend", group_by="industry")
    assert "What was spent is known by channel" in text(spend)
    odd = page(book, "breakdown/", metric="joy", group_by="mood", interval="week", span="x", rates_on="soon")
    assert odd.status_code == 200
    at_rates = text(page(book, "breakdown/", rates_on="2026-02-01"))
    assert "All amounts at the exchange rates of 1 Feb 2026." in at_rates
    assert 'name="rates_on" id="rates_on" value="2026-02-01"' in at_rates


@pytest.mark.parametrize("path", ["", "breakdown/", "cohorts/", "unit-economics/", "metrics/mrr/"])
@pytest.mark.parametrize("name", ["industry", "product", "currency"])
def test_what_no_text_can_hold_is_asked_of_no_figure(book, path, name):  # noqa: F811
    response = page(book, path, **{name: "a\x00b"})
    assert response.status_code == 200
    assert response.context["bar"].refusals == ["Unknown."]
    assert not response.context["bar"].is_narrowed


def test_cohorts_as_a_triangle_whose_cells_lead_to_their_accounts(book):  # noqa: F811
    response = page(book, "cohorts/", measure="net_mrr")
    newest, oldest = response.context["triangle"]
    assert (oldest["label"], oldest["size"], [cell["full"] for cell in oldest["cells"]]) == (
        "Jan 26",
        2,
        ["100.00\N{NO-BREAK SPACE}%", "83.33\N{NO-BREAK SPACE}%"],
    )
    assert newest["cells"][1] is None
    cell = book.client(book.member).get(oldest["cells"][1]["href"])
    assert "1,250.00 ÷ 1,500.00 = 0.833333" in text(cell)
    assert sorted(row["label"] for row in cell.context["rows"]) == ["Alpha", "Beta"]
    assert "No such cell" in text(page(book, "cohorts/cell/", cohort="2026-02", period="2026-01"))


@pytest.mark.parametrize("path", ["breakdown/", "cohorts/", "cohorts/cell/", "metrics/mrr/", "metrics/ltv/"])
def test_pages_without_figures_say_so(cast, path):
    assert page(cast, path).status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("breakdown/", {"group_by": "industry", "metric": "nrr"}),
        ("cohorts/", {}),
        ("metrics/ltv_cac/", {"period": "2026-02"}),
    ],
)
def test_query_counts(book, path, query, django_assert_max_num_queries):  # noqa: F811
    client = book.client(book.member)
    client.get(book.url())
    with django_assert_max_num_queries(40):
        client.get(book.url(path), query)


def test_an_accounts_ledger_names_lines_rates_and_adds_up(cast):
    account = facts.account(cast.workspace)
    for day, rate in (("2025-01-01", "7"), ("2025-08-15", "6.5")):
        facts.fx_rate(cast.workspace, "USD", day, rate)
    facts.contract(account, "2025-06-01", None, currency="USD", line={"unit_amount": "1200"})
    facts.contract(account, "2025-07-10", None, line={"unit_amount": "2400"})
    close_through(workspace=cast.workspace, until=dt.date(2025, 9, 10), at=AT)
    answer = Api(cast.api_key()).get(f"accounts/{account.pk}/ledger/").json()
    rows = [(row["date"], row["kind"], row["amount"], row["mrr"]) for row in answer["results"]]
    assert rows == [
        ("2025-06-01", "new", "700.00", "700.00"),
        ("2025-07-10", "expansion", "200.00", "900.00"),
        ("2025-08-31", "fx", "-50.00", "850.00"),
    ]
    (line,) = answer["results"][0]["lines"]
    assert (line["currency"], line["change"], line["amount"]) == ("USD", "100.00", "700.00")
    (rate,) = answer["results"][2]["rates"]
    assert [rate[name][:4] for name in ("before", "after")] == ["7.00", "6.50"]
    response = cast.client(cast.member).get(cast.url(f"accounts/{account.pk}/movements/"))
    assert "$100" in text(response)
    with workspace_scope(cast.workspace):
        assert AccountDay.objects.count() == 2
