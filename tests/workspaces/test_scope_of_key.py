import pytest

from workspaces.api_keys import hash_secret
from workspaces.models import ApiKey
from workspaces.scope import ScopeMissing, current_workspace_id, scope_of_key, workspace_scope


def test_scope_of_a_key(cast):
    secret = cast.api_key()
    with scope_of_key(hash_secret(secret)) as (key_id, workspace_id):
        assert workspace_id == current_workspace_id() == cast.workspace.pk
        assert ApiKey.objects.get().pk == key_id
    with pytest.raises(ScopeMissing):
        current_workspace_id()


def test_scope_of_no_key_shows_nothing(cast):
    cast.api_key()
    with workspace_scope(cast.workspace):
        with scope_of_key("0" * 64) as found:
            assert found == (None, None)
            assert list(ApiKey.objects.all()) == []
            with pytest.raises(ScopeMissing):
                current_workspace_id()
        assert current_workspace_id() == cast.workspace.pk


def test_scope_of_a_key_gives_the_outer_scope_back(cast):
    secret = cast.api_key(workspace=cast.rival)
    with workspace_scope(cast.workspace):
        with scope_of_key(hash_secret(secret)) as (_key_id, workspace_id):
            assert workspace_id == cast.rival.pk
        assert current_workspace_id() == cast.workspace.pk
        with pytest.raises(ZeroDivisionError), scope_of_key(hash_secret(secret)):
            raise ZeroDivisionError
        assert current_workspace_id() == cast.workspace.pk
