"""Brings the demo company into a workspace, through the same actions as everybody's facts."""

import datetime as dt
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import (
    move_renewal,
    save_accounts,
    save_contacts,
    save_contracts,
    save_custom_fields,
    save_fx_rates,
    save_interactions,
    save_products,
    save_shared_filters,
    save_tasks,
)
from accounts.models import Account, Contract, CustomField, FxRate, Product
from b2bops.demo.company import DemoCompany
from b2bops.demo.talks import COLLEAGUES, TEAMS
from leads.actions import save_spend
from leads.models import Spend
from metrics.annotating import save_annotations
from workspaces import roles
from workspaces.actions.members import add_member, change_member
from workspaces.actions.saved_views import keep_view
from workspaces.actions.teams import save_team
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import Actor, member_actor, system_actor
from workspaces.batch import Conflict
from workspaces.kept_lists import kept_list
from workspaces.models import Membership, User, Workspace
from workspaces.queries import active_members
from workspaces.scope import workspace_scope
from workspaces.turns import take_turn

SLUG = "demo"
EMAIL = "demo@b2bops.example"
NAMES = {"zh-hans": "衡泰软件", "en": "Hengtai Software"}
CHUNK = 1000
FACTS = (Account, Contract, FxRate, Product, Spend)


@dataclass(frozen=True)
class DemoLogin:
    """How to look at the demo: only ever on the machine that made it."""

    email: str
    password: str


@transaction.atomic
def load_demo(*, workspace: Workspace, last_day: dt.date, by: Actor) -> dict[str, int]:
    """Write the demo's rows, marked, into a workspace in scope; counts by kind. All or nothing.

    Raises Conflict when the workspace has facts already, and RuntimeError when a row is refused, which is a defect of ours.
    """
    by.require(roles.MANAGE_WORKSPACE)
    # Asked for twice at once, the second one finds what the first has loaded.
    take_turn(workspace, "demo")
    if CustomField.objects.filter(workspace=workspace).exists() or any(
        kind.objects.filter(workspace=workspace, voided_at__isnull=True).exists() for kind in FACTS
    ):
        # Rates, products and ids of the demo would be taken for the workspace's own, and could not leave again.
        raise Conflict({"row": [_("The demo company is loaded into an empty workspace only.")]})
    owners = [member.user.email for member in active_members(workspace)]
    rows = DemoCompany(
        last_day=last_day, language=workspace.language, currency=workspace.base_currency, owners=owners
    ).make()
    steps = [
        (save_fx_rates, rows.fx_rates),
        (save_products, rows.products),
        (save_custom_fields, rows.traits.custom_fields),
        (save_accounts, rows.accounts),
        (save_contacts, rows.contacts),
        (save_contacts, rows.dealings.contacts),
        (save_contracts, rows.contracts),
        (save_spend, rows.spend),
        (save_annotations, rows.annotations),
        (save_shared_filters, rows.traits.saved_filters),
        (save_interactions, rows.dealings.interactions),
        (save_tasks, rows.dealings.tasks),
    ]
    counts: dict[str, int] = {}
    for action, all_rows in steps:
        for start in range(0, len(all_rows), CHUNK):
            _write(action, all_rows[start : start + CHUNK], workspace=workspace, by=by)
        noun = action.args[0].noun
        counts[noun] = counts.get(noun, 0) + len(all_rows)
    for day, changed in rows.traits.changes:
        _write(save_accounts, changed, workspace=workspace, by=by, day=day)
    _share_views(workspace, rows.dealings.views)
    contracts = Contract.objects.filter(workspace=workspace, is_demo=True)
    known = dict(contracts.values_list("external_id", "pk"))
    for external_id, stage in rows.dealings.stages:
        move_renewal(workspace=workspace, contract_id=known[external_id], number=0, stage=stage, by=by)
    return counts


def _share_views(workspace: Workspace, views: list[tuple[str, str, dict[str, str]]]) -> None:
    """Views belong to somebody: the workspace's first owner, where there is one."""
    owner = active_members(workspace).filter(role=roles.Owner.key).order_by("created_at").first()
    if owner is None:
        return
    by = member_actor(owner, door="command")
    for key, name, state in views:
        kept = kept_list(key)
        if kept is not None:
            keep_view(workspace=workspace, kept=kept, name=name, state=state, is_shared=True, by=by, is_demo=True)


def _write(action, rows: list[dict], **options) -> None:
    results = action(rows=rows, is_demo=True, **options)
    if refused := [result for result in results if result.status == "error"]:
        raise RuntimeError(f"{refused[0].external_id}: {refused[0].errors}")


def open_demo_workspace(*, last_day: dt.date, language: str, login_file: Path | None = None) -> Workspace:
    """The demo's own workspace, made with its first user and filled on the first call. Killed in the middle, it is
    made from nothing by the next call.
    """
    with transaction.atomic():
        workspace = Workspace.objects.filter(slug=SLUG).first()
        if workspace is not None:
            return workspace
        by = system_actor("command")
        login = DemoLogin(EMAIL, secrets.token_urlsafe(9))
        user = User.objects.filter(email=EMAIL).first()
        if user is None:
            user = register_user(email=EMAIL, password=login.password, name="Demo", language="")
        else:
            user.set_password(login.password)
            user.save(update_fields=["password"])
        workspace = create_workspace(
            slug=SLUG,
            name=NAMES[language],
            owner=user,
            language=language,
            renewal_grace_days=30,
            gross_margin_percent=78,
            by=by,
            is_demo=True,
        )
        with workspace_scope(workspace):
            _bring_colleagues(workspace, user, by)
            load_demo(workspace=workspace, last_day=last_day, by=by)
        _keep_login(login, login_file or _login_file())
    return workspace


def _bring_colleagues(workspace: Workspace, user: User, by: Actor) -> None:
    """Two teams, and who else works in them. Nobody of them can sign in: they have no password."""
    tongue = 0 if workspace.language.startswith("zh") else 1
    teams = {
        key: save_team(workspace=workspace, name=names[tongue], manager=None, by=by, is_demo=True)
        for key, names in TEAMS.items()
    }
    me = Membership.objects.get(workspace=workspace, user=user)
    change_member(workspace=workspace, pk=me.pk, role=me.role, team=teams["success"], by=by)
    managers = {"success": me}
    for names, address, role, team in COLLEAGUES:
        email = f"{address}@b2bops.example"
        colleague = User.objects.filter(email=email).first() or register_user(
            email=email, password=None, name=names[tongue], language=""
        )
        member = add_member(workspace=workspace, user=colleague, role=role, team=teams[team], by=by, is_demo=True)
        if role == roles.Manager.key:
            managers[team] = member
    for key, manager in managers.items():
        save_team(workspace=workspace, name=teams[key].name, manager=manager, by=by, pk=teams[key].pk)


def _login_file() -> Path:
    return Path(settings.BASE_DIR) / ".local" / "demo_login"


def _keep_login(login: DemoLogin, path: Path) -> None:
    """Beside the installation's other state, for its own user's eyes: the starter prints it again on every start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{login.email}\n{login.password}\n")


def demo_login(path: Path | None = None) -> DemoLogin | None:
    """The login that was made here; None when the demo was made elsewhere or its password was changed since."""
    path = path or _login_file()
    try:
        email, password = path.read_text().split()
    except (OSError, ValueError):
        return None
    user = User.objects.filter(email=email, is_active=True).first()
    return DemoLogin(email, password) if user is not None and user.check_password(password) else None
