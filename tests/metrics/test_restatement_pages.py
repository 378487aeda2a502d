"""The restatement log as people read it."""

import datetime as dt
from contextlib import closing

import pytest
from django.urls import reverse

from accounts.actions import save_accounts, save_contracts
from metrics.closing import close_through
from metrics.models import RestatementBatch
from tests.metrics.books import after
from workspaces.actions.settings import update_metric_settings
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2025, 4, 30)
LINE = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}


def url(name, *args):
    return reverse(f"metrics:{name}", args=["acme", *args])


@pytest.fixture
def book(cast):
    """A contract from January 2025; another one from March, told on 3 May; a margin changed on 4 May."""
    who = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}

    def sign(key, starts_on):
        with workspace_scope(cast.workspace):
            save_accounts(rows=[{"external_id": key, "name": key}], **who)
            row = {"external_id": f"C-{key}", "account": key, "currency": "CNY", "starts_on": starts_on}
            save_contracts(rows=[row | {"lines": [LINE]}], **who)

    sign("a", "2025-01-01")
    close_through(workspace=cast.workspace, until=UNTIL, at=after(UNTIL))
    sign("b", "2025-03-10")
    close_through(workspace=cast.workspace, until=UNTIL, at=after(dt.date(2025, 5, 2)))
    with workspace_scope(cast.workspace):
        update_metric_settings(**who, renewal_grace_days=20, ltv_cac_bar=4)
    close_through(workspace=cast.workspace, until=UNTIL, at=after(dt.date(2025, 5, 3)))
    return cast


def test_log_lists_closings_and_narrows(book):
    client = book.client(book.member)
    page = client.get(url("restatement_list"))
    # A change of settings that changes no figure restates nothing.
    (row,) = page.context["rows"]
    assert (row["batch"].reason, row["batch"].facts, row["batch"].periods_changed, row["by"]) == (
        "facts",
        1,
        3,
        "owner@example.com",
    )
    for query, count in (
        ({"interval": "quarter"}, 1),
        ({"interval": "year"}, 0),
        ({"reason": "spend"}, 0),
        ({"period": "2025-04"}, 1),
        ({"period": "2025-02"}, 0),
        ({"period": "nonsense"}, 1),
    ):
        assert len(client.get(url("restatement_list"), query).context["rows"]) == count, query


def test_a_restatement_shows_facts_and_figures(book, django_assert_max_num_queries):
    client = book.client(book.member)
    with workspace_scope(book.workspace):
        batch = RestatementBatch.objects.get()
    with django_assert_max_num_queries(14):
        page = client.get(url("restatement_page", batch.pk))
    (fact,) = page.context["facts"]
    assert fact["text"] == "Contract C-b"
    assert fact["url"] in page.content.decode()
    assert [period["period"] for period in page.context["periods"]] == ["April 2025", "March 2025", "Q1 2025"]
    lines = {line["key"]: (line["before"], line["after"]) for line in page.context["periods"][1]["lines"]}
    assert lines["mrr"] == ("¥100", "¥200")
    assert lines["customers"] == ("1", "2")
    assert lines["new"] == ("¥0", "+¥100")
    (april,) = client.get(url("restatement_page", batch.pk), {"period": "2025-04"}).context["periods"]
    assert april["period"] == "April 2025"


def test_log_leaves_as_a_file(book):
    with closing(book.client(book.member).get(url("restatement_export"), {"period": "2025-03"})) as answer:
        lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "\ufeffrestated_at,reason,by,interval,period,figure,published,now"
    assert [line.split(",", 1)[1] for line in lines if ",mrr," in line] == [
        "facts,owner@example.com,month,2025-03,mrr,100.00,200.00"
    ]
    assert {line.split(",")[4] for line in lines[1:]} == {"2025-03"}


def test_overview_says_when_its_month_was_restated(book):
    client = book.client(book.member)
    shown = client.get(book.url(), {"period": "2025-03"}).content.decode()
    assert "March 2025 was restated on 3 May 2025" in shown
    assert f"{url('restatement_list')}?period=2025-03" in shown
    assert "was restated on" not in client.get(book.url(), {"period": "2025-02"}).content.decode()
