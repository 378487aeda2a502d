"""Which columns a list has: the usual ones, those that the address names, and fields of the workspace's own."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import save_custom_fields
from tests.accounts import facts
from workspaces.models import Activity, SavedView
from workspaces.scope import workspace_scope

FIELDS = [
    {"key": "plan", "name": "Plan", "kind": "choice", "choices": ["Basic", "Top"]},
    {"key": "budget", "name": "Budget", "kind": "money"},
    {"key": "live_on", "name": "Live since", "kind": "date"},
    {"key": "manager", "name": "Success manager", "kind": "person"},
]


@pytest.fixture
def book(cast):
    with workspace_scope(cast.workspace):
        save_custom_fields(workspace=cast.workspace, rows=FIELDS, by=cast.actor(cast.owner))
    custom = {"plan": "Top", "budget": "50000", "live_on": "2025-03-31", "manager": cast.member.user.email}
    facts.account(cast.workspace, "A", industry="Retail", employees=1234, custom=custom)
    account = facts.account(cast.workspace, "B")
    facts.contact(account, "Wang Lei", note="Likes tea")
    facts.contract(account, number="HT-1", signed_on="2025-12-20")


def get(cast, path="accounts/", person=None, **params):
    return cast.client(person or cast.viewer).get(cast.url(path), params)


def heads(response):
    return [str(column.label) for column, _head in response.context["list"].column_heads]


def first_row(response):
    return [str(text) for _column, text in response.context["rows"][0][1]]


def test_address_names_the_columns_in_its_order(cast, book):
    usual = get(cast)
    assert heads(usual)[:3] == ["Standing", "MRR", "Owner"]
    assert "Employees" not in heads(usual)
    shown = get(cast, columns="employees,industry,no-such,industry")
    assert heads(shown) == ["Employees", "Industry"]
    assert first_row(shown) == ["1,234", "Retail"]
    listed = shown.context["list"]
    for url in (listed.heads["name"].href, listed.clear_url, listed.filters[1].choices[0].href):
        assert parse_qs(urlsplit(url).query)["columns"] == ["employees,industry"]
    assert "columns=employees,industry" in listed.clear_url
    assert "columns" not in listed.usual_columns_url
    # The boxes of the form name one each; none at all leaves the first column.
    client = cast.client(cast.viewer)
    boxes = client.get(cast.url("accounts/") + "?q=a&columns=none&columns=mrr&columns=region")
    assert boxes["Location"] == cast.url("accounts/") + "?q=a&columns=mrr,region"
    many = client.get(boxes["Location"])
    assert heads(many) == ["MRR", "Region"]
    assert heads(get(cast, columns="none")) == []
    assert get(cast, columns="none").context["list"].params["columns"] == "none"
    for nothing in ("", "no-such"):
        assert heads(get(cast, columns=nothing)) == heads(usual)
    # Chosen as they are anyway, the address says nothing of them.
    keys = ",".join(column.key for column in usual.context["list"].columns)
    assert "columns" not in get(cast, columns=keys).context["list"].params
    assert f'colspan="{len(heads(many)) + 1}"' in get(cast, columns="mrr,region", q="no-such").content.decode()


def test_own_fields_are_columns_of_accounts(cast, book):
    own = [f"custom.{field['key']}" for field in FIELDS]
    shown = get(cast, columns=",".join(own))
    assert heads(shown) == ["Plan", "Budget", "Live since", "Success manager"]
    assert first_row(shown) == ["Top", "¥50,000", "31 Mar 2025", "Member"]
    assert [text for _column, text in shown.context["rows"][1][1]] == ["", "", "", ""]
    assert [column.key for column, _shown in shown.context["list"].column_choices][:4] == own
    with workspace_scope(cast.workspace):
        facts_of = [{"name": f"Z {n}", "custom": {"manager": cast.owner.user.email}} for n in range(30)]
    client = cast.client(cast.viewer)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url("accounts/"), {"columns": "custom.manager,owner"})
        counts.append(len(queries))
        for row in facts_of:
            facts.account(cast.workspace, **row)
        facts_of = []
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "path, columns, said",
    [
        ("contacts/", "note,account", ["Likes tea", ""]),
        ("contracts/", "signed,auto_renew,currency,mrr", ["2025-12-20", "no", "CNY", ""]),
    ],
)
def test_other_lists_have_columns_too(cast, book, path, columns, said):
    assert first_row(get(cast, path, columns=columns)) == said
    # Every column can be drawn.
    keys = ",".join(column.key for column, _shown in get(cast, path).context["list"].column_choices)
    assert len(first_row(get(cast, path, columns=keys))) == keys.count(",") + 1


def test_a_view_keeps_its_columns_and_a_file_has_them_all(cast, book):
    shown = get(cast, person=cast.member, columns="custom.plan,mrr")
    client = cast.client(cast.member)
    opened = client.get(client.post(shown.context["views"].new_url, {"name": "Plans"})["Location"])
    assert heads(opened) == ["Plan", "MRR"]
    assert not opened.context["views"].is_changed
    with workspace_scope(cast.workspace):
        view = SavedView.objects.get()
        assert view.state == {"columns": "custom.plan,mrr"}
    answer = client.get(cast.url("accounts/"), {"saved": str(view.pk), **view.state, "download": "csv"})
    assert "Industry" in answer.getvalue().decode()
    with workspace_scope(cast.workspace):
        assert Activity.objects.get(verb="exported").after["narrowed_by"] is None
