"""The side panel of lists: the essentials of a row's page, for a script; the page itself without one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts import facts

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace, "Lanhai", industry="Retail", note="Wants a discount")


def test_an_account_with_what_is_signed_known_and_to_do(cast, account):
    for year in range(2019, 2026):
        facts.contract(account, f"{year}-01-01", f"{year}-12-31", number=f"HT-{year}")
    facts.contact(account, "Wang Lei", roles=["decision_maker"])
    facts.task(cast.workspace, "Call them", account_id=str(account.pk))
    page = cast.client(cast.member).get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX).content.decode()
    assert "<html" not in page
    for text in ("Lanhai", "Retail", "Wants a discount", "HT-2025", "HT-2021", "Wang Lei", "Call them"):
        assert text in page
    # The latest five; the rest is on the page.
    assert "HT-2020" not in page
    assert "All of it on its page" in page
    assert 'data-edit="industry"' in page
    viewed = cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX).content.decode()
    assert "Lanhai" in viewed
    assert "data-edit" not in viewed


def test_a_contact_and_a_contract(cast, account):
    contact = facts.contact(account, "Wang Lei", mobile="13800000000", note="Prefers mornings")
    facts.contact(account, "Zhao Min")
    contract = facts.contract(account, number="HT-1", note="seal is theirs")
    client = cast.client(cast.viewer)
    page = client.get(cast.url(f"contacts/{contact.pk}/panel/"), **HTMX).content.decode()
    for text in ("Wang Lei", "Lanhai", "13800000000", "Prefers mornings", "Zhao Min"):
        assert text in page
    page = client.get(cast.url(f"contracts/{contract.pk}/panel/"), **HTMX).content.decode()
    for text in ("HT-1", "Lanhai", "¥1,000", "¥12,000", "Core", "2026-01-01", "seal is theirs"):
        assert text in page


def test_without_a_script_the_page_itself_answers(cast, account):
    contact, contract = facts.contact(account), facts.contract(account)
    client = cast.client(cast.viewer)
    for rest in (f"accounts/{account.pk}/", f"contacts/{contact.pk}/", f"contracts/{contract.pk}/"):
        assert client.get(cast.url(f"{rest}panel/"))["Location"] == cast.url(rest)


def test_a_list_ignores_which_row_is_open(cast, account):
    """The panel's parameter narrows nothing and is kept in no view."""
    answer = cast.client(cast.viewer).get(cast.url("accounts/"), {"open": str(account.pk)})
    assert [row.name for row in answer.context["list"].rows] == ["Lanhai"]
    assert answer.context["list"].params == {}
    assert "open" not in answer.context["views"].state


def test_a_panel_asks_as_often_for_many_rows_as_for_few(cast, account):
    client = cast.client(cast.viewer)
    counts = []
    for number in range(1, 4):
        for year in range(2019, 2022):
            facts.contract(account, f"{year}-01-01", f"{year}-12-31", number=f"HT-{number}-{year}")
        facts.contact(account, f"Person {number}")
        facts.task(cast.workspace, f"Task {number}", account_id=str(account.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX)
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts == [counts[0]] * 3
