"""How far a day is from another, in words."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def distance(on: dt.date | None, day: dt.date) -> str:
    """Where `on` lies, seen from `day`; "" for no day."""
    if on is None:
        return ""
    days = (on - day).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}
