"""What the list of spend can be filtered and sorted by, and its columns."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.imports.values import to_amount
from leads import queries
from workspaces import formats
from workspaces.amounts import amount_cell
from workspaces.filters import Filter, Kind, column
from workspaces.list_columns import ListColumn
from workspaces.lists import ListSpec
from workspaces.sorting import Sort


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
                text=lambda row: amount_cell(row.amount, workspace.base_currency),
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
                lambda channels: Q(channel_id__in=channels),
            ),
            column("date", _("Date"), "date", Kind.DATE, may_miss=False),
            column("amount", _("Amount"), "amount", Kind.MONEY, may_miss=False, reads=to_amount),
            column("campaign", _("Campaign"), "campaign", Kind.TEXT),
            column("note", _("Note"), "note", Kind.TEXT),
        ),
        sums=("amount",),
    )
