"""What the list of spend can be filtered and sorted by, and its columns."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads import queries
from workspaces import formats
from workspaces.lists import Filter, ListColumn, ListSpec, Sort


def spend(workspace) -> ListSpec:
    return ListSpec(
        sorts=(Sort("date", "date", down_first=True), Sort("amount", "amount", down_first=True)),
        default="-date",
        columns=(
            ListColumn("channel", _("Channel"), text=lambda row: row.channel.name),
            ListColumn("campaign", _("Campaign"), text=lambda row: row.campaign),
            ListColumn(
                "amount",
                _("Amount"),
                sort="amount",
                text=lambda row: formats.money(row.amount, workspace.base_currency),
                is_number=True,
            ),
            ListColumn("note", _("Note"), text=lambda row: row.note),
            ListColumn(
                "external_id", _("External id"), text=lambda row: row.external_id, is_figure=True, is_shown=False
            ),
            ListColumn(
                "created",
                _("Entered on"),
                text=lambda row: formats.table_day(timezone.localdate(row.created_at)),
                is_figure=True,
                is_shown=False,
            ),
        ),
        filters=(
            Filter(
                "channel",
                _("Channel"),
                lambda workspace: [(str(one.pk), one.name) for one in queries.standing_channels(workspace)[:200]],
                lambda spend, channel: spend.filter(channel_id=channel),
            ),
        ),
        sums=("amount",),
    )
