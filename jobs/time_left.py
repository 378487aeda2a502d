"""How long a run may still take, as people say it."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import Run

# Below this share done, the rate so far says little.
EARLIEST = 0.05


def time_left(run: Run, at: dt.datetime) -> str:
    """A phrase such as "about 3 minutes left", by the rate so far; empty while there is nothing to go by."""
    share = float(run.progress)
    if run.state != Run.RUNNING or run.started_at is None or not EARLIEST <= share < 1:
        return ""
    seconds = (at - run.started_at).total_seconds() * (1 - share) / share
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
