"""Imports in groups."""

import pytest

from jobs.models import ImportJob
from tests.accounts.test_grouped_lists import heads, shown
from workspaces.models import User
from workspaces.scope import workspace_scope


@pytest.fixture
def brought(cast):
    User.objects.filter(pk=cast.manager.user_id).update(name="阿明")
    with workspace_scope(cast.workspace):
        for kind, state, by in (
            ("contracts", "done", "member@example.com"),
            ("accounts", "mapping", "member@example.com"),
            ("accounts", "undone", "manager@example.com"),
            ("contacts", "done", "billing key"),
        ):
            ImportJob.objects.create(
                workspace=cast.workspace, kind=kind, state=state, created_by=by, name=f"{kind}.csv", row_count=1
            )
    return cast


@pytest.mark.parametrize(
    "group, wanted",
    [
        ("kind", [("Accounts", 2), ("Contracts", 1), ("Contacts", 1)]),
        ("state", [("Columns to be matched", 1), ("Imported", 2), ("Undone", 1)]),
        ("by", [("阿明", 1), ("billing key", 1), ("Member", 2)]),
    ],
)
def test_imports_in_groups(brought, group, wanted):
    page = shown(brought, "imports/", person=brought.owner, group=group)
    assert [head[:2] for head in heads(page)] == wanted
    assert page.content.decode().count('class="group-head"') == len(wanted)
    assert all(head.href for head in page.context["list"].groups)
    assert page.context["summary"] == "4 imports"
