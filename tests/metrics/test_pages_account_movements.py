import datetime as dt

from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import AT, DAY
from workspaces.scope import workspace_scope


def text(response):
    return response.content.decode()


def close(workspace, until=DAY):
    with workspace_scope(workspace):
        close_through(workspace=workspace, until=until - dt.timedelta(days=1), at=AT)


def test_movements_stand_newest_first_with_the_balance_after_them(cast):
    account = facts.account(cast.workspace)
    first = facts.contract(account, "2024-01-01", "2024-12-31")
    facts.contract(account, "2025-01-01", "2025-12-31", renews_id=str(first.pk), line={"unit_amount": "24000"})
    close(cast.workspace)
    address = cast.url(f"accounts/{account.pk}/movements/")
    response = cast.client(cast.viewer).get(address)
    shown = response.context["movements"]
    rows = [(str(row["day"]), str(row["label"]), str(row["amount"]), row["balance"]) for row in shown]
    assert rows == [
        ("2026-01-01", "Churn", "-2000.00", "¥0"),
        ("2025-01-01", "Expansion", "1000.00", "¥2,000"),
        ("2024-01-01", "New", "1000.00", "¥1,000"),
    ]
    page = text(response)
    for shown in ("−¥2,000", "+¥1,000", "closed through 30 Mar 2026", "<html"):
        assert shown in page


def test_balances_in_other_currencies_stand_side_by_side(cast):
    account = facts.account(cast.workspace)
    facts.fx_rate(cast.workspace, "USD", "2025-01-01", "7")
    facts.contract(account, "2025-06-01", None)
    facts.contract(account, "2025-06-01", None, currency="USD", line={"unit_amount": "1200"})
    close(cast.workspace)
    response = cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/movements/"))
    assert [row["balance"] for row in response.context["movements"]] == ["¥1,000 + $100"]
    assert "+¥1,700" in text(response)


def test_before_the_first_closing_it_says_so(cast):
    account = facts.account(cast.workspace)
    facts.contract(account)
    assert "No day is closed yet" in text(cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/movements/")))


def test_the_accounts_page_asks_for_the_section(cast):
    account = facts.account(cast.workspace)
    close(cast.workspace)
    client = cast.client(cast.viewer)
    address = cast.url(f"accounts/{account.pk}/movements/")
    assert f'hx-get="{address}"' in text(client.get(cast.url(f"accounts/{account.pk}/")))
    section = text(client.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in section
    assert "this account never paid" in section


def test_another_workspaces_account_does_not_exist(cast):
    theirs = facts.account(cast.rival)
    assert cast.client(cast.owner).get(cast.url(f"accounts/{theirs.pk}/movements/")).status_code == 404
