"""Rows of acme for the walk over all routes, each with the canary wherever text can stand."""

import datetime as dt

from accounts.actions import (
    add_attachments,
    merge_accounts,
    save_accounts,
    save_custom_fields,
    save_shared_filters,
)
from accounts.models import Account
from jobs.imports.actions import receive_file
from jobs.imports.kinds import import_kind
from metrics.annotating import save_annotations
from metrics.sharing import share_dashboard
from tests.cast import AT
from tests.route_cases import CANARY
from workspaces.actions.saved_views import keep_view
from workspaces.batch import RowResult
from workspaces.kept_lists import kept_list
from workspaces.models import Notification, SavedView


def sliced_account(who: dict) -> tuple[RowResult, RowResult, RowResult, SavedView]:
    """An account with all that it is sliced by, the field of acme's own in it, a shared filter, and a shared view."""
    field = {"key": "canary", "name": CANARY, "kind": "choice", "choices": [CANARY]}
    (custom_field,) = save_custom_fields(rows=[field], **who)
    row = {"external_id": f"A-{CANARY}", "name": CANARY, "note": CANARY, "tags": [CANARY], "channel": CANARY}
    (account,) = save_accounts(rows=[row | {"custom": {"canary": CANARY}}], **who)
    (saved_filter,) = save_shared_filters(rows=[{"name": CANARY, "conditions": {"tag": [CANARY]}}], **who)
    saved_view = keep_view(kept=kept_list("accounts"), name=CANARY, state={"q": CANARY}, is_shared=True, **who)
    return account, custom_field, saved_filter, saved_view


def merged_accounts(who: dict):
    """Two accounts of acme's that were made one."""
    (stays,) = save_accounts(rows=[{"name": f"{CANARY} stays"}], **who)
    (goes,) = save_accounts(rows=[{"name": f"{CANARY} goes"}], **who)
    winner, loser = (Account.objects.get(workspace=who["workspace"], pk=one.id) for one in (stays, goes))
    return merge_accounts(winner=winner, loser=loser, take={"name": "loser"}, **who).pk


def make_import(who: dict):
    """A file of acme's on its way in."""
    csv = f"name,external_id\n{CANARY},X1\n".encode()
    job = receive_file(kind=import_kind("accounts"), name=f"{CANARY}.csv", content=csv, language="en", at=AT, **who)
    return job.pk


def things_of_dashboards(who: dict) -> dict:
    """A note on charts and a public link, by kind."""
    (annotation,) = save_annotations(rows=[{"date": "2025-01-01", "text": CANARY}], **who)
    until = AT + dt.timedelta(days=30)
    link, _token = share_dashboard(page="overview", query="", title=CANARY, expires_at=until, at=AT, **who)
    return {"annotation": annotation.id, "shared_link": link.pk}


def make_notification(who: dict, member):
    """Something that a member was told."""
    row = {"kind": "mentioned", "actor": CANARY, "subject_type": "task", "subject_label": CANARY}
    return Notification.objects.create(workspace=who["workspace"], member=member, **row).pk


def make_attachment(who: dict, account_id):
    """A file of an account of acme's."""
    account = Account.objects.get(pk=account_id)
    (made,) = add_attachments(account=account, files=[(f"{CANARY}.txt", CANARY.encode())], **who)
    return made.pk
