"""Spend by channel, in the workspace's base currency."""

from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.collection import Collection, Column, Thing, by_key
from leads.actions import save_spend, void_spend
from leads.models import Channel, Spend
from leads.shapes import SpendShape
from workspaces import roles

CHANNEL = Thing(
    noun="channel",
    model=Channel,
    columns=(*c.identity(), c.required_text("name", 100), *c.instants()),
)

SPEND = Collection(
    name="spend",
    noun="spend",
    shape=SpendShape,
    model=Spend,
    save=save_spend,
    void=void_spend,
    permission=roles.EDIT_MONEY,
    columns=(
        *c.identity(),
        c.date("date", is_nullable=False, is_sortable=True),
        Column("channel", {"type": "string", "maxLength": 100}, source="channel__name", filter=parameters.text),
        Column("channel_id", c.UUID, filter=parameters.uuid),
        c.text("campaign", 100, is_filter=True),
        Column("amount", c.MONEY, spelled=c.money),
        c.text("note", 500),
        *c.instants(),
    ),
    expands=(by_key("channel", CHANNEL),),
)
