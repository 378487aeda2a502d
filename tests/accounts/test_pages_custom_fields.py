"""The workspace's own fields under settings, and on the form, the page and the list of accounts."""

import pytest

from accounts.actions import save_custom_fields
from accounts.models import Account, CustomField
from tests.accounts import facts
from workspaces.actions.members import deactivate_member
from workspaces.models import Activity
from workspaces.scope import workspace_scope

FIELDS = [
    {"key": "plan", "name": "Plan", "kind": "choice", "choices": ["Basic", "Top"]},
    {"key": "budget", "name": "Budget", "kind": "money"},
    {"key": "live_on", "name": "Live since", "kind": "date"},
    {"key": "guide", "name": "Guide", "kind": "person"},
    {"key": "seats", "name": "Seats", "kind": "number"},
    {"key": "remark", "name": "Remark", "kind": "text"},
]


@pytest.fixture
def fields(cast):
    with workspace_scope(cast.workspace):
        save_custom_fields(workspace=cast.workspace, rows=FIELDS, by=cast.actor(cast.owner))
        return {field.key: field for field in CustomField.objects.all()}


def keys(cast) -> list[str]:
    with workspace_scope(cast.workspace):
        fields = CustomField.objects.filter(archived_at=None).order_by("position")
        return list(fields.values_list("key", flat=True))


def test_owner_makes_changes_orders_archives_and_restores_fields(cast):
    client = cast.client(cast.owner)
    assert "No custom fields yet" in client.get(cast.url("settings/fields/")).content.decode()
    new = cast.url("settings/fields/new/")
    for row, wrong in (({"name": ""}, "name"), ({"name": "Plan"}, "choices"), ({"name": "P", "key": "Ä"}, "key")):
        refused = client.post(new, {"kind": "choice", "choices": "A" if wrong == "key" else ""} | row)
        assert refused.status_code == 422
        assert set(refused.context["form"].errors) == {wrong}
    assert keys(cast) == []
    for row in (
        {"name": "Plan type", "kind": "choice", "choices": "Basic\n Top \n\nTop"},
        {"name": "预算", "kind": "money"},
    ):
        assert client.post(new, row).status_code == 302
    assert keys(cast) == ["plan_type", "field_1"]
    assert client.post(new, {"name": "Plan type", "kind": "text"}).status_code == 422

    with workspace_scope(cast.workspace):
        plan, budget = CustomField.objects.order_by("position")
    assert plan.choices == ["Basic", "Top"]
    # Kind and key are fixed, whatever is sent.
    edit = cast.url(f"settings/fields/{plan.pk}/")
    assert (
        client.post(edit, {"name": "Plan", "kind": "text", "key": "x", "choices": "Basic\nTop\nMore"}).status_code
        == 302
    )
    assert client.post(cast.url(f"settings/fields/{budget.pk}/move/"), {"to": "up"}).status_code == 302
    assert keys(cast) == ["field_1", "plan_type"]
    assert client.post(cast.url(f"settings/fields/{plan.pk}/archive/")).status_code == 302
    assert keys(cast) == ["field_1"]
    assert client.get(edit).status_code == 404
    assert client.post(cast.url(f"settings/fields/{plan.pk}/restore/")).status_code == 302
    with workspace_scope(cast.workspace):
        plan.refresh_from_db()
        assert (plan.name, plan.kind, plan.key, plan.choices) == (
            "Plan",
            "choice",
            "plan_type",
            ["Basic", "Top", "More"],
        )
        verbs = Activity.objects.filter(subject_type="custom_field", subject_id=str(plan.pk)).order_by("id")
        assert [row.verb for row in verbs] == ["created", "updated", "updated", "archived", "restored"]


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_fields_are_made_by_owners(cast, fields, role):
    client = cast.client(cast.people[role])
    page = client.get(cast.url("settings/fields/"))
    assert "Live since" in page.content.decode()
    assert cast.url("settings/fields/new/") not in page.content.decode()
    for path in ("new/", f"{fields['plan'].pk}/", f"{fields['plan'].pk}/archive/", f"{fields['plan'].pk}/move/"):
        assert client.post(cast.url(f"settings/fields/{path}"), {"name": "X", "kind": "text"}).status_code == 403
    assert keys(cast) == [row["key"] for row in FIELDS]


def test_account_form_asks_for_own_fields_by_their_kind(cast, fields):
    client = cast.client(cast.member)
    guide = str(cast.manager.pk)
    typed = {
        "name": "Lanhai",
        "tags": "vip, pilot；vip",
        "channel": "Fair",
        "custom_plan": "Top",
        "custom_budget": "¥5万",
        "custom_live_on": "2025-03-31",
        "custom_guide": guide,
        "custom_seats": "12.50",
        "custom_remark": " often asks ",
    }
    for wrong in ({"custom_budget": "much"}, {"custom_seats": "1e30"}, {"tags": "x" * 51}, {"custom_plan": "Other"}):
        refused = client.post(cast.url("accounts/new/"), typed | wrong)
        assert refused.status_code == 422
        assert set(refused.context["form"].errors) == set(wrong)
    with workspace_scope(cast.workspace):
        assert not Account.objects.exists()

    assert client.post(cast.url("accounts/new/"), typed).status_code == 302
    with workspace_scope(cast.workspace):
        account = Account.objects.get()
    assert (account.tags, account.channel) == (["pilot", "vip"], "Fair")
    assert account.custom == {
        "plan": "Top",
        "budget": "50000.00",
        "live_on": "2025-03-31",
        "guide": guide,
        "seats": "12.5",
        "remark": "often asks",
    }
    page = client.get(cast.url(f"accounts/{account.pk}/")).content.decode()
    for shown in ("¥50,000", "31 Mar 2025", "12.5", "often asks", "?tag=vip", str(cast.manager)):
        assert shown in page

    # What is offered no longer, and who has left, is kept by a form that does not touch it.
    with workspace_scope(cast.workspace):
        by = cast.actor(cast.owner)
        save_custom_fields(workspace=cast.workspace, rows=[{"key": "plan", "choices": ["Basic"]}], by=by)
        deactivate_member(workspace=cast.workspace, pk=cast.manager.pk, revoke_keys=False, by=by)
    edit = cast.url(f"accounts/{account.pk}/edit/")
    form = client.get(edit).context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | {"custom_seats": ""}
    assert client.post(edit, again).status_code == 302
    with workspace_scope(cast.workspace):
        was = account.custom
        account.refresh_from_db()
        assert account.custom == {key: value for key, value in was.items() if key != "seats"}
        assert account.tags == ["pilot", "vip"]
    page = client.get(cast.url(f"accounts/{account.pk}/")).content.decode()
    assert "<dt>Seats</dt><dd><del>12.5</del> → <ins>empty</ins></dd>" in page


def test_list_filters_by_what_accounts_are_sliced_by(cast, fields):
    guide = {"guide": cast.manager.user.email}
    facts.account(cast.workspace, "A", tags=["vip"], channel="Fair", employees=20, custom={"plan": "Top"} | guide)
    facts.account(cast.workspace, "B", tags=["vip", "new"], employees=3000, custom={"plan": "Basic"})
    facts.account(cast.workspace, "C", channel="Search", custom=guide)

    def names(**params):
        response = cast.client(cast.viewer).get(cast.url("accounts/"), params)
        return [account.name for account in response.context["list"].rows]

    assert names(tag="vip") == ["A", "B"]
    assert names(tag="vip", size="2000+") == ["B"]
    assert names(channel="Search") == ["C"]
    assert names(**{"custom.plan": "Top"}) == ["A"]
    assert names(**{"custom.guide": str(cast.manager.pk)}) == ["A", "C"]
    assert names(**{"custom.plan": "\x00", "tag": "unknown", "segment": "x"}) == ["A", "B", "C"]


def test_choices_that_somebody_else_added_meanwhile_stay(cast, fields):
    client, url = cast.client(cast.owner), cast.url(f"settings/fields/{fields['plan'].pk}/")
    seen = client.get(url).context["seen"]
    with workspace_scope(cast.workspace):
        rows = [{"id": str(fields["plan"].pk), "choices": ["Basic", "Middle", "Top"]}]
        save_custom_fields(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner), mode="update")
    typed = {"name": "Tariff", "choices": "Basic\nTop", "seen": seen}
    assert "What others changed meanwhile stays: Choices." in client.post(url, typed, follow=True).content.decode()
    with workspace_scope(cast.workspace):
        kept = CustomField.objects.get(pk=fields["plan"].pk)
    assert (kept.name, kept.choices) == ("Tariff", ["Basic", "Middle", "Top"])
