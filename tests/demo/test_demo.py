"""The demo company: the same every time, accepted by the real actions, and gone without a trace."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Count, F, Max, Min

from accounts.actions import save_accounts, save_contracts, save_fx_rates
from accounts.conditions import Conditions, accounts_of
from accounts.credit_code import is_credit_code
from accounts.families import family_of
from accounts.models import (
    Account,
    AccountTrait,
    Contract,
    CustomField,
    FxRate,
    Interaction,
    Participant,
    Product,
    RenewalProposal,
    RenewalStage,
    SavedFilter,
    Task,
    TraitChange,
)
from accounts.models.interaction import InteractionKind
from b2bops.demo.company import ACCOUNTS, DemoCompany
from b2bops.demo.load import demo_login, load_demo, open_demo_workspace
from b2bops.demo.remove import DEMO_FACTS, FIGURES_OF_ACCOUNTS, FIGURES_OF_WORKSPACE, remove_demo
from b2bops.demo.talks import COLLEAGUES
from leads.models import Channel
from metrics.closing import close_through
from metrics.models import Closing
from metrics.queries import series
from tests.cast import AT, make_user, make_workspace
from workspaces.actor import system_actor
from workspaces.batch import Conflict
from workspaces.kept_lists import address, kept_list
from workspaces.models import Activity, Membership, Notification, SavedView, Team, Workspace
from workspaces.scope import workspace_scope

LAST_DAY = dt.date(2026, 3, 30)


def test_same_day_and_language_give_the_same_rows():
    first = DemoCompany(last_day=LAST_DAY, language="en").make()
    assert first == DemoCompany(last_day=LAST_DAY, language="en").make()
    assert len(first.accounts) == ACCOUNTS
    assert len({row["name"] for row in first.accounts}) == ACCOUNTS
    assert all(is_credit_code(row["credit_code"]) for row in first.accounts if "credit_code" in row)


def test_company_is_believable():
    rows = DemoCompany(last_day=LAST_DAY, language="zh-hans").make()
    contracts = {row["external_id"]: row for row in rows.contracts}
    gaps = [
        (row["starts_on"] - contracts[row["renews"]]["ends_on"]).days - 1 for row in rows.contracts if "renews" in row
    ]
    assert min(gaps) < 0 < max(gaps), "renewals come early and late"
    assert gaps.count(0) > len(gaps) / 2, "most come on time"
    assert {row["currency"] for row in rows.contracts} == {"CNY", "USD"}
    assert {row.get("kind", "subscription") for row in rows.contracts} == {"subscription", "project"}
    assert sum("cancelled_on" in row for row in rows.contracts) > 20
    stages = [stage for _contract, stage in rows.dealings.stages]
    assert len(stages) > 15
    assert {"talking", "offer_sent", "agreed"} <= set(stages)
    # Seasons: over the years, more new names sign in March than around the Spring Festival.
    firsts: dict[str, dt.date] = {}
    for row in sorted(rows.contracts, key=lambda row: row["starts_on"]):
        firsts.setdefault(row["account"], row["starts_on"])
    months = [day.month for day in firsts.values()]
    assert months.count(3) > 1.5 * months.count(2)


def test_every_row_is_taken_by_the_real_actions(acme):
    counts = load_demo(workspace=acme.workspace, last_day=LAST_DAY, by=acme.actor(acme.owner))
    assert counts["account"] == Account.objects.filter(is_demo=True).count() == ACCOUNTS
    assert Contract.objects.filter(is_demo=False).count() == 0
    assert RenewalProposal.objects.filter(decided_at__isnull=True).exists(), "some renewals wait for an answer"
    # What accounts are sliced by: every dimension, and changes of the past year in most of them.
    spent = set(Channel.objects.values_list("name", flat=True))
    assert {*Account.objects.values_list("channel", flat=True)} - {""} == spent
    changed = dict(TraitChange.objects.values_list("dimension").annotate(rows=Count("pk")))
    assert {"region", "size", "tag", "custom:plan"} <= changed.keys()
    assert min(changed.values()) > 3
    days = TraitChange.objects.aggregate(first=Min("changed_on"), last=Max("changed_on"))
    assert LAST_DAY - dt.timedelta(days=366) < days["first"] < days["last"] < LAST_DAY
    for saved in SavedFilter.objects.all():
        assert accounts_of(acme.workspace, Conditions.of(saved.conditions)).count() > 5
    # What happens between people: talks of all kinds, tasks late, open and done, views of lists; nobody was told of it.
    customers = Account.objects.filter(contracts__ends_on__gte=LAST_DAY).distinct()
    last = customers.annotate(last=Max("interactions__happened_on"))
    silent = last.filter(last__lt=LAST_DAY - dt.timedelta(days=30)).count()
    assert 0.05 < silent / customers.count() < 0.3
    assert set(Interaction.objects.values_list("kind", flat=True)) == set(InteractionKind.values)
    assert not Interaction.objects.filter(happened_on__gt=LAST_DAY).exists()
    assert Participant.objects.filter(interaction__account=F("contact__account")).count() == Participant.objects.count()
    tasks = Task.objects.standing()
    assert 5 < tasks.open().filter(due_on__lte=LAST_DAY).count() < 60
    assert tasks.open().filter(due_on__gt=LAST_DAY).count() > 20
    assert tasks.done().count() > 20
    assert tasks.open().filter(due_on=None).exists()
    heads = Account.objects.filter(parent=None, subsidiaries__isnull=False).distinct()
    families = [family_of(head) for head in heads.filter(name__endswith="Group")]
    assert sorted((family.direct, family.count) for family in families) == [(2, 2), (3, 5), (4, 4)]
    contacts = Account.objects.annotate(count=Count("contacts"))
    assert contacts.filter(count=1).exists()
    assert contacts.filter(count__gt=4).exists()
    views = SavedView.objects.filter(is_shared=True, is_demo=True)
    assert sorted(views.values_list("of_list", flat=True)) == ["accounts", "contacts", "tasks"]
    client = acme.client(acme.viewer)
    for view in views:
        # Who pays is known only once days are closed.
        state = view.state | {"standing": ""}
        page = client.get(address(kept_list(view.of_list).path("acme"), state, view.pk))
        assert 5 < page.context["list"].totals.count < 400, view
    assert not Notification.objects.exists()
    with pytest.raises(Conflict):
        load_demo(workspace=acme.workspace, last_day=LAST_DAY, by=acme.actor(acme.owner))


def test_demo_goes_into_an_empty_workspace_only(acme):
    by = acme.actor(acme.owner)
    save_fx_rates(workspace=acme.workspace, rows=[{"currency": "USD", "date": "2026-01-01", "rate": "7"}], by=by)
    with pytest.raises(Conflict):
        load_demo(workspace=acme.workspace, last_day=LAST_DAY, by=by)
    assert not Account.objects.exists()
    assert FxRate.objects.get().rate == 7


def own_contract(acme, product: str):
    by = acme.actor(acme.owner)
    save_accounts(workspace=acme.workspace, rows=[{"external_id": "OWN", "name": "Own"}], by=by)
    line = {"product": product, "unit_amount": "10", "interval": "month"}
    own = {"external_id": "OWN-1", "account": "OWN", "currency": "CNY", "starts_on": "2026-01-01", "lines": [line]}
    (result,) = save_contracts(workspace=acme.workspace, rows=[own], by=by)
    assert result.status == "created"


def test_demo_leaves_whole_and_leaves_the_rest(acme):
    by = acme.actor(acme.owner)
    load_demo(workspace=acme.workspace, last_day=LAST_DAY, by=by)
    demo_product = Product.objects.order_by("name").first()
    own_contract(acme, demo_product.name)
    # A demo contract that waits for an answer moves to the own account: it is a demo row all the same.
    moved = RenewalProposal.objects.filter(decided_at__isnull=True).select_related("predecessor").first().predecessor
    save_contracts(workspace=acme.workspace, rows=[{"external_id": moved.external_id, "account": "OWN"}], by=by)
    group = Account.objects.filter(is_demo=True, parent__isnull=False).first().parent
    save_accounts(
        workspace=acme.workspace, rows=[{"external_id": "OWN", "parent": group.external_id}], by=by, is_demo=False
    )
    assert remove_demo(workspace=acme.workspace, by=by) == ACCOUNTS
    for model in DEMO_FACTS:
        assert not model.objects.filter(is_demo=True).exists(), model
    assert list(Account.objects.values_list("external_id", "parent")) == [("OWN", None)]
    assert Contract.objects.get().lines.get().product_id == demo_product.pk
    assert not Channel.objects.exists()
    for model in (
        AccountTrait,
        TraitChange,
        SavedFilter,
        CustomField,
        Interaction,
        Participant,
        Task,
        SavedView,
        RenewalStage,
    ):
        assert not model.objects.exists(), model
    told = {"account", "contact", "contract", "interaction", "task", "saved_view"}
    left = Activity.objects.filter(subject_type__in=told).exclude(verb="voided")
    assert set(left.values_list("subject_label", flat=True)) <= {"Own", "OWN-1", Contract.objects.get().pk}, left
    assert remove_demo(workspace=acme.workspace, by=by) == 0
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


@pytest.mark.parametrize("currency", ["CNY", "USD", "EUR"])
def test_figures_are_the_own_ones_after_the_demo_has_left(db, currency):
    workspace = make_workspace("mixed", owner=make_user("mixed"), currency=currency)
    by = system_actor("command")
    with workspace_scope(workspace):
        load_demo(workspace=workspace, last_day=LAST_DAY, by=by)
        save_accounts(workspace=workspace, rows=[{"external_id": "OWN", "name": "Own"}], by=by)
        line = {"product": "own", "unit_amount": "10", "interval": "month"}
        row = {"account": "OWN", "currency": currency, "starts_on": "2026-01-01", "lines": [line]}
        save_contracts(workspace=workspace, rows=[row], by=by)
    close_through(workspace=workspace, until=LAST_DAY, at=AT)
    months = {"workspace": workspace, "keys": ["mrr", "customers"], "first": dt.date(2020, 1, 1), "last": LAST_DAY}
    with workspace_scope(workspace):
        assert series(**months)[-1]["customers"] > 100
        remove_demo(workspace=workspace, by=by)
    close_through(workspace=workspace, until=LAST_DAY, at=AT)
    with workspace_scope(workspace):
        assert [(row["period"], row["mrr"], row["customers"]) for row in series(**months)] == [
            ("2026-01", 10, 1),
            ("2026-02", 10, 1),
            ("2026-03", 10, 1),
        ]
        assert Account.objects.get().mrr == 10


def test_workspace_of_only_demo_rows_is_as_new_afterwards(acme):
    by = acme.actor(acme.owner)
    load_demo(workspace=acme.workspace, last_day=LAST_DAY, by=by)
    Closing.objects.create(workspace=acme.workspace, day=LAST_DAY, closed_at=dt.datetime(2026, 3, 31, tzinfo=dt.UTC))
    remove_demo(workspace=acme.workspace, by=by)
    for model in (*FIGURES_OF_ACCOUNTS, *FIGURES_OF_WORKSPACE):
        assert not model.objects.filter(workspace=acme.workspace).exists(), model


def test_demo_workspace_is_opened_once_and_its_login_kept(db, tmp_path):
    path = tmp_path / "login"
    workspace = open_demo_workspace(last_day=LAST_DAY, language="zh-hans", login_file=path)
    assert open_demo_workspace(last_day=LAST_DAY, language="zh-hans", login_file=path) == workspace
    assert Workspace.objects.count() == 1
    login = demo_login(path)
    assert login.email == "demo@b2bops.example"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    path.write_text("demo@b2bops.example\nchanged\n")
    assert demo_login(path) is None
    with workspace_scope(workspace):
        assert Account.objects.count() == ACCOUNTS
        # Two teams with a manager each; everybody has accounts, and nobody but the login can sign in.
        assert Team.objects.filter(is_demo=True, manager__isnull=False).count() == 2
        colleagues = Membership.objects.filter(is_demo=True).select_related("user")
        assert len(colleagues) == len(COLLEAGUES)
        assert not any(member.user.has_usable_password() for member in colleagues)
        assert set(Account.objects.exclude(owner=None).values_list("owner", flat=True)) == set(
            Membership.objects.values_list("pk", flat=True)
        )
        remove_demo(workspace=workspace, by=system_actor("command"))
        assert not Team.objects.exists()
        assert Membership.objects.get().user.email == login.email
