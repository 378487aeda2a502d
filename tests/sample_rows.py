"""One row of every tenant table, so that what must hold for all of them can be tried on all of them.

A new model without a row here fails tests/workspaces/test_row_security.py.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from tests.cast import AT, DAY, make_member, make_user
from workspaces.actions.api_keys import create_api_key
from workspaces.actions.invitations import create_invitation
from workspaces.actions.teams import save_team
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope

BY = system_actor("command")


def tenant_models() -> list[type[models.Model]]:
    """Models whose rows belong to a workspace: those with a column for it."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and any(field.column == "workspace_id" for field in model._meta.concrete_fields)
    ]


def _membership(workspace, rows):
    return make_member(workspace, make_user(f"sample-{workspace.slug}"), "member", team=rows["workspaces.Team"])


def _make(label: str, **values) -> Callable[[Any, dict], models.Model]:
    """A row written straight into its table; values that are functions are called with the rows made before."""

    def make(workspace, rows):
        found = {key: value(rows) if callable(value) else value for key, value in values.items()}
        return apps.get_model(label).objects.create(workspace=workspace, **found)

    return make


def _of(label: str, attribute: str | None = None) -> Callable[[dict], Any]:
    return lambda rows: getattr(rows[label], attribute) if attribute else rows[label]


PERIOD = dict.fromkeys(
    [
        "mrr_start",
        "new",
        "expansion",
        "contraction",
        "churn",
        "reactivation",
        "mrr_end",
        "customers_start",
        "customers_end",
        "new_customers",
        "churned_customers",
        "nrr_then",
        "nrr_now",
        "grr_now",
        "contracts_due",
        "contracts_renewed",
        "value_due",
        "value_renewed",
        "spend",
        "cac_spend",
        "ltv_churn_months",
        "nrr_window_months",
        "gross_margin_percent",
    ],
    1,
)

# In an order in which later rows may point at earlier ones.
SAMPLES: dict[str, Callable[[Any, dict], models.Model]] = {
    "workspaces.Team": lambda workspace, rows: save_team(workspace=workspace, name="Sample", manager=None, by=BY),
    "workspaces.Membership": _membership,
    "workspaces.Invitation": lambda workspace, rows: create_invitation(
        workspace=workspace, role="viewer", team=rows["workspaces.Team"], by=BY, at=AT
    )[0],
    "workspaces.ApiKey": lambda workspace, rows: create_api_key(
        workspace=workspace, name="Sample", scope="read", by=BY
    )[0],
    "workspaces.Activity": _make(
        "workspaces.Activity", door="page", actor="x", verb="x", subject_type="x", subject_id="x"
    ),
    "workspaces.IdempotencyKey": _make(
        "workspaces.IdempotencyKey", key="x", request_hash="x", status=200, content_type="x", body=b"", created_at=AT
    ),
    "workspaces.MetricSettings": _make("workspaces.MetricSettings", effective_from=DAY),
    "workspaces.SavedView": _make(
        "workspaces.SavedView", of_list="accounts", name="Sample", owner=_of("workspaces.Membership")
    ),
    "workspaces.DefaultView": _make(
        "workspaces.DefaultView",
        of_list="accounts",
        member=_of("workspaces.Membership"),
        view=_of("workspaces.SavedView"),
    ),
    "workspaces.Notification": _make(
        "workspaces.Notification", member=_of("workspaces.Membership"), kind="assigned", actor="x", subject_type="task"
    ),
    "workspaces.NotificationChoice": _make(
        "workspaces.NotificationChoice", member=_of("workspaces.Membership"), kind="assigned", way="off"
    ),
    "jobs.Run": _make("jobs.Run", kind="closing", key="x", created_by="x", door="page"),
    "jobs.File": _make("jobs.File", name="x.csv", content=b"x", size=1, expires_at=AT),
    "jobs.FilePart": _make("jobs.FilePart", file=_of("jobs.File"), position=0, content=b"x"),
    "jobs.ImportJob": _make(
        "jobs.ImportJob",
        kind="accounts",
        name="x.csv",
        language="en",
        row_count=1,
        created_by="x",
        file=_of("jobs.File"),
        run=_of("jobs.Run"),
    ),
    "jobs.ImportedRow": _make(
        "jobs.ImportedRow",
        job=_of("jobs.ImportJob"),
        batch=0,
        row=2,
        verb="created",
        subject_type="account",
        subject_id="x",
    ),
    "jobs.ImportIssue": _make("jobs.ImportIssue", job=_of("jobs.ImportJob"), row=2, message="x"),
    "jobs.Outbox": _make("jobs.Outbox", key="x", to="x@example.com", subject="x"),
    "jobs.Webhook": _make(
        "jobs.Webhook",
        url="https://hooks.example.com/x",
        events=["*"],
        secret="x",
        created_by="x",
        api_key=_of("workspaces.ApiKey"),
    ),
    "jobs.WebhookEvent": _make("jobs.WebhookEvent", type="account.created", body="{}"),
    "jobs.WebhookDelivery": _make("jobs.WebhookDelivery", webhook=_of("jobs.Webhook"), event=_of("jobs.WebhookEvent")),
    "accounts.Account": _make("accounts.Account", name="Sample", owner=_of("workspaces.Membership")),
    "accounts.Contact": _make("accounts.Contact", name="Sample", account=_of("accounts.Account")),
    "accounts.Product": _make("accounts.Product", name="Sample"),
    "accounts.Contract": _make("accounts.Contract", account=_of("accounts.Account"), currency="CNY", starts_on=DAY),
    "accounts.ContractLine": _make(
        "accounts.ContractLine",
        contract=_of("accounts.Contract"),
        product=_of("accounts.Product"),
        position=0,
        unit_amount=1,
        interval="month",
    ),
    "accounts.FxRate": _make("accounts.FxRate", currency="USD", date=DAY, rate=7),
    "accounts.RenewalProposal": _make(
        "accounts.RenewalProposal", contract=_of("accounts.Contract"), predecessor=_of("accounts.Contract")
    ),
    "accounts.RenewalStage": _make(
        "accounts.RenewalStage", contract=_of("accounts.Contract"), number=0, stage="talking", moved_by="x"
    ),
    "accounts.Interaction": _make(
        "accounts.Interaction",
        account=_of("accounts.Account"),
        author=_of("workspaces.Membership"),
        kind="note",
        happened_on=DAY,
    ),
    "accounts.Participant": _make(
        "accounts.Participant",
        interaction=_of("accounts.Interaction"),
        contact=_of("accounts.Contact"),
        position=0,
    ),
    "accounts.Mention": _make(
        "accounts.Mention", interaction=_of("accounts.Interaction"), member=_of("workspaces.Membership")
    ),
    "accounts.Attachment": _make(
        "accounts.Attachment",
        account=_of("accounts.Account"),
        interaction=_of("accounts.Interaction"),
        added_by=_of("workspaces.Membership"),
        name="sample.txt",
        content=b"sample",
        size=6,
        sha256="0" * 64,
    ),
    "accounts.Task": _make(
        "accounts.Task",
        title="Sample",
        account=_of("accounts.Account"),
        assignee=_of("workspaces.Membership"),
        created_by=_of("workspaces.Membership"),
    ),
    "accounts.AccountMerge": lambda workspace, rows: apps.get_model("accounts.AccountMerge").objects.create(
        workspace=workspace,
        winner=rows["accounts.Account"],
        loser=apps.get_model("accounts.Account").objects.create(workspace=workspace, name="Sample too"),
        by="x",
    ),
    "accounts.MergedRow": _make(
        "accounts.MergedRow", merge=_of("accounts.AccountMerge"), subject_type="contact", subject_id="x"
    ),
    "accounts.DistinctAccounts": _make(
        "accounts.DistinctAccounts",
        first=_of("accounts.Account"),
        second=_of("accounts.AccountMerge", "loser"),
        by="x",
    ),
    "accounts.ChangedFact": _make("accounts.ChangedFact", account=_of("accounts.Account"), from_day=DAY),
    "accounts.AccountTrait": _make(
        "accounts.AccountTrait", account=_of("accounts.Account"), dimension="tag", value="Sample"
    ),
    "accounts.TraitChange": _make(
        "accounts.TraitChange", account=_of("accounts.Account"), dimension="tag", changed_on=DAY, before=["Sample"]
    ),
    "accounts.CustomField": _make("accounts.CustomField", key="sample", name="Sample", kind="text"),
    "accounts.SavedFilter": _make("accounts.SavedFilter", name="Sample", owner=_of("workspaces.Membership")),
    "leads.Channel": _make("leads.Channel", name="Sample"),
    "leads.Spend": _make("leads.Spend", channel=_of("leads.Channel"), date=DAY, amount=1),
    "metrics.AccountDay": _make(
        "metrics.AccountDay",
        account=_of("accounts.Account"),
        day=DAY,
        balance=1,
        is_paying=True,
        customer_since=DAY,
        kind="new",
        amount=1,
    ),
    "metrics.Annotation": _make("metrics.Annotation", date=DAY, text="Sample"),
    "metrics.Goal": _make(
        "metrics.Goal", metric="mrr", interval="month", starts_on=DAY, team=_of("workspaces.Team"), value=1
    ),
    "metrics.Dashboard": _make("metrics.Dashboard", name="Sample", owner=_of("workspaces.Membership")),
    "metrics.SharedLink": _make(
        "metrics.SharedLink",
        title="Sample",
        page="overview",
        token_hash=lambda rows: f"{rows['workspaces.Membership'].pk.hex:0>64}",
        created_by=_of("workspaces.Membership"),
        dashboard=_of("metrics.Dashboard"),
        expires_at=AT,
    ),
    "metrics.Closing": _make("metrics.Closing", day=DAY, closed_at=AT),
    "metrics.ClosingState": _make("metrics.ClosingState", settings_as_of=AT),
    "metrics.ClosingFailure": _make("metrics.ClosingFailure", failed_at=AT, code="x"),
    "metrics.PublishedFigures": _make(
        "metrics.PublishedFigures", interval="month", starts_on=DAY, ends_on=DAY, name="2026-03", published_at=AT
    ),
    "metrics.StartPage": _make(
        "metrics.StartPage", member=_of("workspaces.Membership"), dashboard=_of("metrics.Dashboard")
    ),
    "metrics.DigestSubscription": _make(
        "metrics.DigestSubscription", member=_of("workspaces.Membership"), robot=_of("jobs.Webhook"), since=AT
    ),
    "metrics.RestatementBatch": _make(
        "metrics.RestatementBatch", at=AT, reason="facts", from_day=DAY, accounts_changed=1
    ),
    "metrics.RestatementFact": _make(
        "metrics.RestatementFact",
        batch=_of("metrics.RestatementBatch"),
        at=AT,
        actor="x",
        subject_type="contract",
        subject_id="x",
        subject_label="x",
        from_day=DAY,
        accounts=1,
    ),
    "metrics.Restatement": _make(
        "metrics.Restatement", batch=_of("metrics.RestatementBatch"), interval="month", starts_on=DAY, name="2026-03"
    ),
    "metrics.LineSpan": _make(
        "metrics.LineSpan",
        line_id=_of("accounts.ContractLine", "pk"),
        account=_of("accounts.Account"),
        contract=_of("accounts.Contract"),
        currency="CNY",
        first_day=DAY,
        mrr=Decimal(1),
    ),
    "metrics.PeriodFigures": _make(
        "metrics.PeriodFigures", interval="month", starts_on=DAY, ends_on=DAY, through=DAY, **PERIOD
    ),
    "metrics.TermEnd": _make(
        "metrics.TermEnd",
        account=_of("accounts.Account"),
        contract=_of("accounts.Contract"),
        number=0,
        day=DAY,
        grace_ends_on=DAY,
        outcome="undecided",
    ),
}


def make_rows(workspace) -> dict[str, models.Model]:
    """Label → row, one of every tenant model there is a sample for, in `workspace`. Sets its own scope."""
    rows: dict[str, models.Model] = {}
    with workspace_scope(workspace):
        for label, make in SAMPLES.items():
            rows[label] = make(workspace, rows)
    return rows
