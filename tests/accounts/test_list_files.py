"""Lists taken along as files: narrowed as the page is, permitted, told in the activity, and brought back unchanged."""

import csv
import io
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from leads.actions import save_spend
from tests.accounts import facts
from workspaces.actions.members import change_member
from workspaces.models import Activity
from workspaces.scope import workspace_scope

LISTS = {
    "accounts": "accounts/",
    "contacts": "contacts/",
    "contracts": "contracts/",
    "products": "products/",
    "fx-rates": "fx-rates/",
    "spend": "spend/",
}


@pytest.fixture
def book(cast):
    """Facts with everything in them that a file could lose."""
    first = facts.account(
        cast.workspace, "甲, “One”", external_id="A-1", former_names=["Old", "Older"], tags=["vip", "north"],
        owner="member@example.com", employees=12, note="=not a formula", industry="Retail",
    )  # fmt: skip
    second = facts.account(cast.workspace, "Beta", external_id="A-2")
    facts.contact(first, "Wang Lei", roles=["user", "decision_maker"], mobile="13800000000", title="CEO")
    old = facts.contract(first, external_id="C-1", number="N-1", signed_on="2025-12-01")
    with workspace_scope(cast.workspace):
        facts.contract(
            second, "2027-01-01", None, external_id="C-2", currency="USD", tax_included=True, tax_rate_percent="6",
            lines=[
                {"product": "core", "unit_amount": "120.5", "interval": "month", "quantity": "2.5"},
                {"product": "seats", "unit_amount": "1000", "interval": "year", "discount_percent": "12.5"},
            ],
        )  # fmt: skip
    facts.fx_rate(cast.workspace, "USD", "2026-01-01", "7.1234")
    with workspace_scope(cast.workspace):
        save_spend(
            workspace=cast.workspace,
            rows=[{"date": "2026-03-01", "channel": "search", "campaign": "Spring", "amount": "1234.50"}],
            by=cast.actor(cast.owner),
        )
    assert old
    return cast


def taken(cast, path: str, person=None, **query) -> list[list[str]]:
    answer = cast.client(person or cast.manager).get(cast.url(path), query | {"download": "csv"})
    assert answer.status_code == 200, path
    text = answer.getvalue().decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("kind", LISTS)
def test_what_was_taken_along_imports_as_unchanged(book, kind, tmp_path):
    answer = book.client(book.manager).get(book.url(LISTS[kind]), {"download": "csv"})
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(answer.getvalue())
    out = StringIO()
    call_command("import_file", "--workspace", "acme", "--kind", kind, str(path), stdout=out)
    said = out.getvalue()
    assert "creates 0, updates 0, " in said, said
    assert "unchanged 0" not in said, said
    assert "rows with errors 0" in said, said


def test_file_is_narrowed_and_ordered_as_the_list(book):
    # Also where all are equal, as these are.
    for sort in ("mrr", "-mrr"):
        names = [row[1] for row in taken(book, "accounts/", sort=sort)]
        assert names[0] == "Name"
        shown = book.client(book.owner).get(book.url("accounts/"), {"sort": sort}).context["list"]
        assert names[1:] == [account.name for account in shown.rows]
    assert set(names[1:]) == {"甲, “One”", "Beta"}
    rows = taken(book, "accounts/", industry="Retail")
    assert [row[1] for row in rows[1:]] == ["甲, “One”"]
    assert "'=not a formula" in rows[1]
    assert rows[0][-4:] == ["MRR, CNY", "Customer since", "Churned on", "Renewal"]


def test_contracts_have_a_line_each(book):
    rows = taken(book, "contracts/", sort="-start")
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(row["External id"], row["Product"], row["Amount per interval"], row["Quantity"]) for row in found][:2] == [
        ("C-2", "core", "120.5", "2.5"),
        ("C-2", "seats", "1000", "1"),
    ]
    assert found[1]["Discount, percent"] == "12.5"


@pytest.mark.parametrize("path", ["movements/", "activity/", "tasks/?view=open"])
def test_other_lists_can_be_taken_along(book, path):
    with workspace_scope(book.workspace):
        facts.task(book.workspace, "Call")
    path, _, query = path.partition("?")
    rows = taken(book, path, **dict(pair.split("=") for pair in query.split("&") if pair))
    assert len(rows) >= (1 if path == "movements/" else 2)


def test_excel_holds_the_same(book):
    answer = book.client(book.manager).get(book.url("contacts/"), {"download": "xlsx"})
    file = io.BytesIO(answer.getvalue())
    (head, row) = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert dict(zip(head, row, strict=True))["Name"] == "Wang Lei"


def test_taking_along_is_permitted_and_told(book):
    url = book.url("accounts/")
    page = book.client(book.viewer).get(url)
    assert page.context["files"] == []
    assert "download=csv" not in page.content.decode()
    assert book.client(book.viewer).get(url, {"download": "csv"}).status_code == 403
    assert book.client(book.manager).get(url, {"download": "pdf"}).status_code == 404
    assert "download=csv" in book.client(book.member).get(url).content.decode()
    taken(book, "accounts/", person=book.member, industry="Retail", sort="-mrr")
    with workspace_scope(book.workspace):
        (told,) = Activity.objects.filter(verb="exported")
        assert (told.actor, told.subject_label) == ("member@example.com", "Accounts")
        assert told.after == {"file_format": "csv", "narrowed_by": "industry=Retail"}
    page = book.client(book.owner).get(book.url("activity/"), {"kind": "export"}).content.decode()
    assert "exported" in page
    assert "industry=Retail" in page


def test_taking_along_is_withheld_from_one_member(book):
    with workspace_scope(book.workspace):
        change_member(
            workspace=book.workspace, pk=book.member.pk, role="member", team=None, may_export=False,
            by=book.actor(book.owner),
        )  # fmt: skip
    client = book.client(book.member)
    assert client.get(book.url("accounts/")).context["files"] == []
    for path in LISTS.values():
        assert client.get(book.url(path), {"download": "csv"}).status_code == 403
    form = book.client(book.owner).get(reverse("workspaces:member", args=["acme", book.member.pk])).context["form"]
    assert form.initial["may_export"] is False
