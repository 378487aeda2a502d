"""Facts for page tests, written by the real actions in acme's scope. Each returns the row it made."""

from accounts import actions
from accounts.models import Account, Attachment, Contact, Contract, FxRate, Interaction, Product, Task
from workspaces.actor import system_actor
from workspaces.batch import one
from workspaces.scope import workspace_scope

BY = system_actor("command")


def _save(save, model, workspace, row):
    with workspace_scope(workspace):
        result = one(save(workspace=workspace, rows=[row], by=BY))
        return model.objects.get(pk=result.id)


def account(workspace, name="Lanhai Logistics", **row) -> Account:
    """figures: published columns (mrr_cents, customer_since, …), which the closing would write."""
    figures = row.pop("figures", None)
    made = _save(actions.save_accounts, Account, workspace, {"name": name} | row)
    if figures:
        with workspace_scope(workspace):
            Account.objects.filter(pk=made.pk).update(**figures)
            made.refresh_from_db()
    return made


def contact(account, name="Wang Lei", **row) -> Contact:
    row = {"account_id": str(account.pk), "name": name} | row
    return _save(actions.save_contacts, Contact, account.workspace, row)


def contract(account, starts_on="2026-01-01", ends_on="2026-12-31", **row) -> Contract:
    """A year's subscription of 12,000, unless told otherwise."""
    line = {"product": "Core", "quantity": 1, "unit_amount": "12000", "interval": "year"}
    row = {
        "account_id": str(account.pk),
        "currency": "CNY",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "lines": [line | row.pop("line", {})],
    } | row
    return _save(actions.save_contracts, Contract, account.workspace, row)


def product(workspace, name="Core", **row) -> Product:
    return _save(actions.save_products, Product, workspace, {"name": name} | row)


def fx_rate(workspace, currency="USD", date="2026-01-01", rate="7.1", **row) -> FxRate:
    return _save(actions.save_fx_rates, FxRate, workspace, {"currency": currency, "date": date, "rate": rate} | row)


def interaction(account, kind="call", happened_on="2026-03-30", **row) -> Interaction:
    row = {"account_id": str(account.pk), "kind": kind, "happened_on": happened_on} | row
    return _save(actions.save_interactions, Interaction, account.workspace, row)


def task(workspace, title="Do something", **row) -> Task:
    return _save(actions.save_tasks, Task, workspace, {"title": title} | row)


def attachment(account, name="offer.pdf", content=b"%PDF-1.7 an offer", interaction=None) -> Attachment:
    with workspace_scope(account.workspace):
        (made,) = actions.add_attachments(
            workspace=account.workspace, account=account, interaction=interaction, files=[(name, content)], by=BY
        )
        return made
