"""Things that were voided or removed: what the trail says of it, for those who follow a link that once led to one."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from workspaces.models import Activity, Workspace
from workspaces.templatetags.formats import moment

VERBS = ("voided", "removed")
# (workspace, subject_type, subject_id) → what the page that leads on from a gone thing is called, and its address.
Instead = Callable[[Workspace, str, str], tuple[str, str] | None]


def departure_of(workspace: Workspace, subject_type: str, subject_id: str) -> Activity | None:
    """How a thing went, with who did it; None while it is there, as far as the trail knows."""
    trail = Activity.objects.filter(workspace=workspace, subject_type=subject_type, subject_id=subject_id)
    last = trail.filter(verb__in=[*VERBS, "restored"]).select_related("user").order_by("-id").first()
    return last if last is not None and last.verb in VERBS else None


def page_instead(workspace: Workspace, subject_type: str, subject_id: str) -> tuple[str, str] | None:
    """Where to go instead: (its name, its address)."""
    # By its path: what belongs to what is the business of apps above this one.
    found: Instead = import_string(settings.PAGE_INSTEAD)
    return found(workspace, subject_type, subject_id)


def departure_in_words(departure: Activity, instead: tuple[str, str] | None) -> dict[str, str]:
    """What components/empty.html says of it."""
    who = {"who": str(departure.user or departure.actor), "at": moment(departure.at)}
    how = _("Voided by %(who)s, %(at)s") if departure.verb == "voided" else _("Removed by %(who)s, %(at)s")
    slug = departure.workspace.slug
    trail = (_("Notifications"), reverse("workspaces:notifications", args=[slug]))
    action_label, action_url = instead or trail
    return {
        "title": _("“%(name)s” is not there any more") % {"name": departure.subject_label},
        "text": " · ".join(filter(None, [how % who, (departure.after or {}).get("reason", "")])),
        "action_label": action_label,
        "action_url": action_url,
    }
