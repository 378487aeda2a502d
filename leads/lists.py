"""What the list of spend can be filtered and sorted by."""

from django.utils.translation import gettext_lazy as _

from leads import queries
from workspaces.lists import Filter, ListSpec, Sort

SPEND = ListSpec(
    sorts=(Sort("date", "date", down_first=True),),
    default="-date",
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
