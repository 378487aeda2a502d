"""Writing spend, and channels by their names."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.actions.taking_back import Undoable, take_back
from accounts.actions.voids import standing, void
from leads.models import Channel, Spend
from leads.shapes import SpendShape
from workspaces import roles
from workspaces.activity import Change, record_many
from workspaces.actor import Actor
from workspaces.ids import uuid7
from workspaces.shapes import check

TEXTS = ("campaign", "note")


def _natural_key(raw) -> list[tuple]:
    """Spend without an external id is known by day and channel, and by its campaign where it names one."""
    shape, _errors = check(
        SpendShape,
        {"date": raw.get("date"), "channel": raw.get("channel"), "campaign": raw.get("campaign"), "amount": 0},
    )
    return [("date", shape.date, shape.channel, shape.campaign or "")] if shape else []


def _keys_of(raw) -> list[tuple]:
    named = upsert.id_key(raw) + upsert.text_key("external_id", raw)
    return named or _natural_key(raw)


def _find(batch, keys):
    spend = Spend.objects.select_related("channel")
    found = upsert.find_by(batch, spend, [key for key in keys if len(key) == 2], "external_id")
    natural = [key[1:] for key in keys if len(key) == 4]
    if natural:
        rows = spend.filter(
            workspace=batch.workspace,
            voided_at__isnull=True,
            date__in={day for day, _channel, _campaign in natural},
            channel__name__in={channel for _day, channel, _campaign in natural},
        ).order_by("created_at", "id")
        there: dict[tuple, list[Spend]] = {}
        for row in rows:
            there.setdefault((row.date, row.channel.name), []).append(row)
        taken = {row.pk for row in found.values()}
        for day, channel, campaign in natural:
            match = [row for row in there.get((day, channel), []) if row.campaign == campaign]
            if match:
                found["date", day, channel, campaign] = match[0]
                taken.add(match[0].pk)
        for day, channel, campaign in natural:
            same = there.get((day, channel), [])
            # The only one is meant without its campaign too, but not beside a row that names it otherwise.
            if not campaign and len(same) == 1 and same[0].pk not in taken:
                found["date", day, channel, campaign] = same[0]
    return found


def _row_of(spend: Spend) -> dict:
    return {
        "external_id": spend.external_id,
        "date": spend.date,
        "channel": spend.channel.name,
        "campaign": spend.campaign,
        "amount": spend.amount,
        "note": spend.note,
    }


def _resolve(batch) -> None:
    names = {item.shape.channel for item in batch.good}
    channels = dict(
        Channel.objects.filter(workspace=batch.workspace, name__in=names, voided_at__isnull=True).values_list(
            "name", "pk"
        )
    )
    made: dict[str, object] = {}
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, skip=("channel",), empty_text=TEXTS)
        name = item.shape.channel
        if name not in channels:
            channels[name] = made[name] = uuid7()
        item.values["channel_id"] = channels[name]
    batch.new_channels = made


def _write_channels(batch) -> None:
    """Channels that the good rows are the first to mention."""
    used = {item.values["channel_id"] for item in batch.good}
    made = {name: pk for name, pk in batch.new_channels.items() if pk in used}
    Channel.objects.bulk_create(
        [Channel(pk=pk, workspace_id=batch.workspace.pk, name=name, is_demo=batch.is_demo) for name, pk in made.items()]
    )
    changes = [Change("created", "channel", pk, name, None, {"name": name}) for name, pk in made.items()]
    record_many(workspace=batch.workspace, by=batch.by, changes=changes)
    batch.made += changes


def _saved(batch, items) -> None:
    _write_channels(batch)
    for item in items:
        batch.touch(None, min(item.values["date"], item.before.get("date", item.values["date"])), item)


KIND = upsert.Kind(
    noun="spend",
    model=Spend,
    shape=SpendShape,
    permission=roles.EDIT_MONEY,
    keys_of=_keys_of,
    find=_find,
    row_of=_row_of,
    resolve=_resolve,
    label_of=lambda item: f"{item.shape.channel} {item.values['date']}",
    told_as={"channel_id": "channel"},
    saved=_saved,
)


# Create or update spend; see `accounts.actions.upsert.save`. Matched by ``id``, ``external_id``, else day, channel
# and campaign. Unknown channels are made by name.
save_spend = partial(upsert.save, KIND)


@transaction.atomic
def void_spend(*, workspace, pk, reason: str, by: Actor) -> Spend:
    by.require(roles.EDIT_MONEY)
    spend = standing(Spend, workspace, pk)
    (change,) = void([spend], workspace=workspace, noun="spend", reason=reason, by=by)
    upsert.write_changed_facts(workspace, [(None, spend.date, change)], by=by)
    return spend


def _channels_needed(workspace, gone: set[UUID], _back) -> dict[UUID, str]:
    standing = Spend.objects.standing().filter(workspace=workspace, channel_id__any_of=list(gone))
    return dict.fromkeys(standing.values_list("channel_id", flat=True), _("Spend names this channel.")) if gone else {}


# Takes back what `save_spend` wrote, and the channels that it was the first to name.
take_back_spend = partial(
    take_back,
    Undoable(
        noun="spend",
        permission=roles.EDIT_MONEY,
        rows=lambda: Spend.objects.select_related("channel"),
        row_of=_row_of,
        save=save_spend,
        touched=lambda workspace, facts: [(None, row.date, row) for row in facts],
    ),
    Undoable(
        noun="channel",
        permission=roles.EDIT_MONEY,
        rows=Channel.objects.all,
        row_of=lambda channel: {"name": channel.name, "external_id": channel.external_id},
        save=None,
        needed=_channels_needed,
    ),
)
