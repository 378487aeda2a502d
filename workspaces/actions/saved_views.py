"""Views of lists: keeping one under a name, changing, sharing and removing it, and choosing the one that opens."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.activity import Change, difference, record_many
from workspaces.actor import Actor
from workspaces.kept_lists import KeptList, kept_list
from workspaces.models import DefaultView, Membership, SavedView, Workspace
from workspaces.queries import visible_views

SUBJECT = "saved_view"


def is_own(view: SavedView, by: Actor) -> bool:
    return by.user_id is not None and view.owner.user_id == by.user_id


def may_change(view: SavedView, by: Actor) -> bool:
    """Whether the actor may change or remove a view that they may see: their own, and when they write, shared ones."""
    return by.has_permission(roles.EDIT_FACTS) if view.is_shared else is_own(view, by)


@transaction.atomic
def keep_view(
    *,
    workspace: Workspace,
    kept: KeptList,
    name: str,
    state: Mapping[str, str],
    is_shared: bool,
    by: Actor,
    is_demo: bool = False,
) -> SavedView:
    """Keep `state` of a list as a view of the actor's. Raises ValidationError keyed by field."""
    by.require(roles.EDIT_FACTS if is_shared else roles.VIEW)
    owner = _member(workspace, by)
    view = SavedView(workspace=workspace, of_list=kept.key, owner=owner, state=dict(state), is_demo=is_demo)
    _name(view, name, is_shared=is_shared, by=by)
    view.save()
    _tell(view, "created", None, _facts(view), by)
    return view


@transaction.atomic
def change_view(*, workspace: Workspace, pk, name: str, is_shared: bool, by: Actor) -> SavedView:
    """Rename a view and say whether everybody sees it, which only its owner decides; of others' it stays as it is.

    Raises SavedView.DoesNotExist, and ValidationError keyed by field.
    """
    view = _changeable(workspace, pk, by)
    before = _facts(view)
    if is_own(view, by) and is_shared != view.is_shared:
        by.require(roles.EDIT_FACTS)
    else:
        is_shared = view.is_shared
    _name(view, name, is_shared=is_shared, by=by)
    return _save(view, before, by)


@transaction.atomic
def replace_view(*, workspace: Workspace, pk, state: Mapping[str, str], by: Actor) -> SavedView:
    """Let a view show `state` from now on. Raises SavedView.DoesNotExist, and ValidationError keyed by field."""
    view = _changeable(workspace, pk, by)
    before = _facts(view)
    view.state = dict(state)
    _refuse_unshareable(view)
    return _save(view, before, by)


@transaction.atomic
def remove_view(*, workspace: Workspace, pk, by: Actor) -> SavedView:
    """Remove a view, also for those whose list opens with it; what it showed stays. Raises SavedView.DoesNotExist."""
    view = _changeable(workspace, pk, by)
    _tell(view, "removed", _facts(view), None, by)
    SavedView.objects.filter(workspace=workspace, pk=view.pk).delete()
    return view


@transaction.atomic
def open_with_view(*, workspace: Workspace, pk, is_default: bool, by: Actor) -> SavedView:
    """Open the view's list with it for the actor, or no longer. Nobody else is concerned, so that the trail is silent.

    Raises SavedView.DoesNotExist for a view that the actor may not see.
    """
    by.require(roles.VIEW)
    view = visible_views(workspace, by.user_id).get(pk=pk)
    member = _member(workspace, by)
    if is_default:
        DefaultView.objects.update_or_create(
            workspace=workspace, member=member, of_list=view.of_list, defaults={"view": view}
        )
    else:
        DefaultView.objects.filter(workspace=workspace, member=member, view=view).delete()
    return view


def _changeable(workspace: Workspace, pk, by: Actor) -> SavedView:
    by.require(roles.VIEW)
    view = visible_views(workspace, by.user_id).select_for_update(of=("self",)).get(pk=pk)
    if not may_change(view, by):
        raise PermissionDenied(roles.EDIT_FACTS)
    return view


def _member(workspace: Workspace, by: Actor) -> Membership:
    """The acting member; keys and the product itself look at no lists."""
    member = Membership.objects.filter(workspace=workspace, user=by.user_id).first() if by.user_id else None
    if member is None:
        raise PermissionDenied(roles.VIEW)
    return member


def _name(view: SavedView, name: str, *, is_shared: bool, by: Actor) -> None:
    view.name, view.is_shared = name.replace("\x00", "").strip(), is_shared
    view.clean_fields(exclude=["id", "workspace", "owner", "state"])
    others = visible_views(view.workspace, by.user_id).filter(of_list=view.of_list, name=view.name)
    if others.exclude(pk=view.pk).exists():
        raise ValidationError({"name": [_("There is a view of this name already.")]})
    _refuse_unshareable(view)


def _refuse_unshareable(view: SavedView) -> None:
    kept = kept_list(view.of_list)
    if view.is_shared and kept is not None and (why := kept.unshareable(view.workspace, view.state)):
        raise ValidationError({"is_shared": [why]})


def _save(view: SavedView, before: dict, by: Actor) -> SavedView:
    now = _facts(view)
    if now != before:
        view.updated_at = Now()
        view.save(update_fields=["name", "is_shared", "state", "updated_at"])
        _tell(view, "updated", before, now, by)
    return view


def _tell(view: SavedView, verb: str, before: dict | None, after: dict | None, by: Actor) -> None:
    """The trail is read by others, so that it says of a view what all could see: of one that nobody else sees nothing, and
    that one was shared or is no longer.
    """
    was = before if before and before["is_shared"] else None
    now = after if after and after["is_shared"] else None
    if was is None and now is None:
        return
    name = (now or was or {})["name"]
    if before and after:
        was, now = difference(was or {"is_shared": False}, now or {"is_shared": False})
    change = Change(verb, SUBJECT, view.pk, name, was, now)
    record_many(workspace=view.workspace, by=by, changes=[change])


def _facts(view: SavedView) -> dict:
    return {"name": view.name, "list": view.of_list, "is_shared": view.is_shared, "shows": dict(view.state)}
