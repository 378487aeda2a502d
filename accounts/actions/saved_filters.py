"""Conditions kept under a name, for oneself or for everybody."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.conditions import read_conditions
from accounts.dimensions import dimension_of
from accounts.models import SavedFilter
from accounts.queries import visible_filters
from accounts.shapes import SavedFilterShape
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.batch import InvalidRow
from workspaces.models import Membership


def _row_of(saved: SavedFilter) -> dict:
    return {"external_id": saved.external_id, "name": saved.name, "conditions": saved.conditions}


def _find(batch, keys) -> dict:
    """Filters that the actor may change: their own, and with the right to, everybody's."""
    found: dict[tuple, SavedFilter] = {}
    for saved in visible_filters(batch.workspace, batch.by.user_id):
        if may_change(saved, batch.by):
            found |= {("id", str(saved.pk)): saved, ("external_id", saved.external_id): saved}
    return {key: found[key] for key in keys if key in found}


def may_change(saved: SavedFilter, by: Actor) -> bool:
    """Whether the actor may change or remove a filter that they may see."""
    is_own = saved.owner is not None and saved.owner.user_id == by.user_id
    return is_own or (saved.is_shared and by.has_permission(roles.EDIT_FACTS))


def _resolve(batch, *, is_shared: bool) -> None:
    user_id = batch.by.user_id
    member = Membership.objects.filter(workspace=batch.workspace, user=user_id).first() if user_id else None
    for item in batch.good:
        owner_id = item.existing.owner_id if item.existing is not None else member and member.pk
        item.values = upsert.plain_values(item.shape) | {"owner_id": owner_id, "is_shared": is_shared}
        unknown = [name for name in item.shape.conditions if dimension_of(name) is None]
        for name in unknown:
            item.refuse(f"conditions.{name[:100]}", _("Unknown."))
        if not unknown:
            try:
                read = read_conditions(batch.workspace, item.shape.conditions, user_id=user_id)
                item.values["conditions"] = read.as_json()
            except InvalidRow as refusal:
                for name, messages in refusal.errors.items():
                    for message in messages:
                        item.refuse(f"conditions.{name}", message)


def _kind(*, is_shared: bool) -> upsert.Kind:
    return upsert.Kind(
        noun="saved_filter",
        model=SavedFilter,
        shape=SavedFilterShape,
        permission=roles.EDIT_FACTS if is_shared else roles.VIEW,
        keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
        find=_find,
        row_of=_row_of,
        resolve=partial(_resolve, is_shared=is_shared),
    )


# Create or update filters that everybody may choose, or that only the actor may; see `upsert.save`. Matched by ``id``,
# else ``external_id``. conditions: {dimension or parameter: values}.
save_shared_filters = partial(upsert.save, _kind(is_shared=True))
save_own_filters = partial(upsert.save, _kind(is_shared=False))


@transaction.atomic
def remove_saved_filter(*, workspace, pk, by: Actor, reason: str = "") -> SavedFilter:
    """Remove a filter; it is no fact that a figure stands on. Raises DoesNotExist for one that the actor may not see."""
    by.require(roles.VIEW)
    saved = visible_filters(workspace, by.user_id).get(pk=pk)
    if not may_change(saved, by):
        raise PermissionDenied(roles.EDIT_FACTS)
    before = {"conditions": saved.conditions} | ({"reason": reason} if reason else {})
    record(workspace=workspace, by=by, verb="removed", subject=saved, subject_type="saved_filter", before=before)
    SavedFilter.objects.filter(workspace=workspace, pk=saved.pk).delete()
    return saved
