"""Small books of contracts for closings, written through the real actions."""

from accounts.actions import save_accounts, save_contracts, save_fx_rates
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope


def write_contract(workspace, key: str = "C1", **changes) -> None:
    """A subscription of ¥100 a month from 2026-01-01 on, unless `changes` say otherwise."""
    by = system_actor("command")
    line = {"product": "Core", "quantity": 1, "unit_amount": changes.pop("amount", "100"), "interval": "month"}
    row = {
        "external_id": key,
        "account": f"account of {key}",
        "currency": "CNY",
        "starts_on": "2026-01-01",
        "lines": [line],
    } | changes
    with workspace_scope(workspace):
        [account] = save_accounts(
            workspace=workspace, rows=[{"external_id": row["account"], "name": row["account"]}], by=by
        )
        [contract] = save_contracts(workspace=workspace, rows=[row], by=by)
    assert not account.errors | contract.errors


def write_rate(workspace, currency: str, date: str, rate: str) -> None:
    with workspace_scope(workspace):
        [result] = save_fx_rates(
            workspace=workspace,
            rows=[{"currency": currency, "date": date, "rate": rate}],
            by=system_actor("command"),
        )
    assert not result.errors
