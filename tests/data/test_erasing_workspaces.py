"""A workspace is erased a week after an owner asked for it, with every row of every table; the neighbour keeps theirs."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, connections

from b2bops.data.leaving import WAITS, ask_to_erase, call_back, erase_due, erase_workspace
from b2bops.data.texts import tenant_models
from tests.cast import AT, make_member
from tests.sample_rows import make_rows
from workspaces.models import Activity, Erasure, User, Workspace
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def digest(workspace) -> dict[str, tuple]:
    """table → (rows, a sum over them), as the owner of the tables sees them, whom no wall stops."""
    found = {}
    with connections["owner"].cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(
                f"select count(*), md5(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text)) "
                f'from "{table}" t where workspace_id = %s',
                [workspace.pk],
            )
            found[table] = cursor.fetchone()
        cursor.execute(
            "select count(*), md5(string_agg(w::text, '')) from workspaces_workspace w where id = %s", [workspace.pk]
        )
        found["workspaces_workspace"] = cursor.fetchone()
    return found


def ask(cast, at=AT, who=None):
    with workspace_scope(cast.workspace):
        return ask_to_erase(workspace=cast.workspace, typed="Acme", at=at, by=cast.actor(who or cast.owner))


def test_every_row_goes_after_a_week_and_the_neighbour_keeps_theirs(cast):
    make_rows(cast.workspace)
    make_rows(cast.rival)
    both = cast.viewer.user
    make_member(cast.rival, both, "viewer")
    theirs = digest(cast.rival)
    assert all(count for count, _sum in digest(cast.workspace).values())
    assert ask(cast) == AT + WAITS
    assert erase_due(at=AT + WAITS - dt.timedelta(seconds=1)) == 0
    assert Workspace.objects.filter(pk=cast.workspace.pk).exists()

    assert erase_due(at=AT + WAITS) == 1

    assert {table: count for table, (count, _sum) in digest(cast.workspace).items() if count} == {}
    assert digest(cast.rival) == theirs
    assert set(User.objects.filter(email__endswith="@example.com").values_list("email", flat=True)) == {
        "stranger@example.com",
        "sample-rival@example.com",
        both.email,
    }
    noted = Erasure.objects.get()
    assert (noted.kind, noted.of_workspace, noted.subject) == ("workspace", cast.workspace.pk, cast.workspace.pk)
    assert erase_due(at=AT + WAITS) == 0
    assert cast.client(None).get("/w/acme/").status_code in (302, 404)


def test_it_can_be_called_back(cast):
    before = digest(cast.workspace)
    ask(cast)
    assert ask(cast, at=AT + dt.timedelta(days=1)) == AT + WAITS, "asked twice, it waits no longer"
    with workspace_scope(cast.workspace):
        call_back(workspace=cast.workspace, by=cast.actor(cast.owner))
    assert erase_due(at=AT + 2 * WAITS) == 0
    assert erase_workspace(workspace=cast.workspace, at=AT + 2 * WAITS) is False
    after = digest(cast.workspace)
    assert after.pop("workspaces_activity") != before.pop("workspaces_activity")
    assert after == before
    with workspace_scope(cast.workspace):
        told = Activity.objects.filter(subject_type="workspace").order_by("pk").values_list("verb", flat=True)
        assert list(told)[-2:] == ["erasure_asked", "erasure_called_back"]


def test_only_owners_may_and_the_name_is_typed(cast):
    for who in (cast.manager, cast.member, cast.viewer):
        with pytest.raises(PermissionDenied):
            ask(cast, who=who)
        assert cast.client(who).post(cast.url("settings/data/erase/workspace/"), {"confirm": "Acme"}).status_code == 403
    with workspace_scope(cast.workspace), pytest.raises(ValidationError):
        ask_to_erase(workspace=cast.workspace, typed="acme", at=AT, by=cast.actor(cast.owner))
    client = cast.client(cast.owner)
    client.post(cast.url("settings/data/erase/workspace/"), {"confirm": "Rival"})
    assert Workspace.objects.get(slug="acme").erase_at is None
    client.post(cast.url("settings/data/erase/workspace/"), {"confirm": "Acme"})
    assert Workspace.objects.get(slug="acme").erase_at is not None
    assert "will be erased" in cast.client(cast.viewer).get(cast.url("accounts/")).text
    assert "Call it back" in client.get(cast.url("settings/data/")).text
    client.post(cast.url("settings/data/erase/workspace/call-back/"))
    assert Workspace.objects.get(slug="acme").erase_at is None


def test_one_that_cannot_be_erased_keeps_no_other_waiting(cast, monkeypatch):
    ask(cast)
    with workspace_scope(cast.rival):
        ask_to_erase(
            workspace=cast.rival, typed=cast.rival.name, at=AT + dt.timedelta(hours=1), by=cast.actor(cast.stranger)
        )

    def stumble(user):
        if user.pk == cast.viewer.user_id:
            raise DatabaseError("a row that nobody thought of")

    monkeypatch.setattr("b2bops.data.leaving.delete_user", stumble)
    assert erase_due(at=AT + WAITS + dt.timedelta(hours=1)) == 1
    assert list(Workspace.objects.values_list("slug", flat=True)) == ["acme"]


def test_a_kill_in_the_middle_leaves_everything(cast, monkeypatch):
    make_rows(cast.workspace)
    ask(cast)
    before = digest(cast.workspace)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("b2bops.data.leaving.Erasure.objects.create", killed)
    with pytest.raises(KeyboardInterrupt):
        erase_due(at=AT + WAITS)
    connection.close()
    assert digest(cast.workspace) == before
