"""What concerns the member: told, read, kept for later; and of what they want to hear, and how."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspaces import formats
from workspaces.actions.notifications import choose_ways, read_all, read_notification, set_unread, ways_of
from workspaces.gone import departure_in_words, departure_of, page_instead
from workspaces.list_files import Column, ListFile, local
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec
from workspaces.models import Notification, Way
from workspaces.notifications import KINDS, Shown, address_of
from workspaces.settings_pages import settings_trail
from workspaces.sorting import Sort

LATEST = ListSpec(sorts=(Sort("at", "id", down_first=True),), default="-at")
FILE = ListFile(
    gettext_lazy("Notifications"),
    (
        Column(gettext_lazy("Date"), lambda one: local(one.at)),
        Column(gettext_lazy("What"), lambda one: one.text),
        Column(gettext_lazy("Note"), lambda one: one.note),
        Column(gettext_lazy("Read"), lambda one: local(one.row.read_at)),
    ),
    unfold=lambda row: [Shown.of(row)],
)


@require_safe
def notifications(request, slug):
    """The member's own, the latest first; `view=unread` shows only those that they have not read."""
    mine = Notification.objects.filter(workspace=request.workspace, member=request.member)
    is_unread = request.GET.get("view") == "unread"
    asked = ListPage(request)
    rows = (mine.filter(read_at=None) if is_unread else mine).select_related("user")
    asked.show(LATEST, rows, FILE, beside={"view": "unread" if is_unread else ""})
    if asked.answer is not None:
        return asked.answer
    days: dict = {}
    for row in asked.list.rows:
        days.setdefault(timezone.localdate(row.created_at), []).append(Shown.of(row))
    page = reverse("workspaces:notifications", args=[slug])
    totals = asked.list.totals
    count = ngettext("%(count)s notification", "%(count)s notifications", totals.count) % {
        "count": formats.number(totals.count)
    }
    return asked.render(
        "workspaces/notifications.html",
        {
            "days": list(days.items()),
            "is_unread": is_unread,
            "page_url": page,
            "tabs": [
                {"label": _("All"), "href": page, "active": not is_unread},
                {
                    "label": _("Unread"),
                    "href": f"{page}?view=unread",
                    "active": is_unread,
                    "count": request.member.unread,
                },
            ],
            "summary": _("More than %(count)s") % {"count": count} if totals.is_capped else count,
        },
    )


@require_safe
def notification_open(request, slug, pk):
    """Mark it as read and go to what it is about; say what became of it where it is gone."""
    try:
        row = read_notification(workspace=request.workspace, member=request.member, pk=pk)
    except Notification.DoesNotExist:
        raise Http404 from None
    gone = departure_of(request.workspace, row.subject_type, row.subject_id) if row.subject_id else None
    if gone is not None:
        instead = page_instead(request.workspace, row.subject_type, row.subject_id)
        if instead is not None and row.subject_type == "account":
            # It was merged: the other one has all that it had.
            return redirect(instead[1])
        return render(request, "workspaces/gone.html", {"gone": departure_in_words(gone, instead)})
    return redirect(address_of(row, slug) or reverse("workspaces:notifications", args=[slug]))


@require_POST
def notification_mark(request, slug, pk):
    """Read or not, as `read` says."""
    mark = read_notification if request.POST.get("read") else set_unread
    try:
        mark(workspace=request.workspace, member=request.member, pk=pk)
    except Notification.DoesNotExist:
        raise Http404 from None
    return _back(request, slug)


@require_POST
def notifications_read(request, slug):
    count = read_all(workspace=request.workspace, member=request.member)
    said = ngettext("%(count)s marked as read.", "%(count)s marked as read.", count)
    messages.success(request, said % {"count": formats.number(count)})
    return _back(request, slug)


def _back(request, slug):
    url = reverse("workspaces:notifications", args=[slug])
    return redirect(f"{url}?view=unread" if request.POST.get("view") == "unread" else url)


@require_http_methods(["GET", "POST"])
def notification_choices(request, slug):
    """How the member is told of each kind; for themselves in this workspace."""
    ways = ways_of(request.workspace, request.member)
    if request.method == "POST":
        given = {kind: request.POST[kind] for kind in ways if request.POST.get(kind) in Way.values}
        choose_ways(workspace=request.workspace, member=request.member, ways=given, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("workspaces:notification_choices", slug)
    options = [{"value": value, "label": label} for value, label in Way.choices]
    rows = [{"kind": KINDS[key], "way": str(way)} for key, way in ways.items()]
    context = {"trail": settings_trail(request), "rows": rows, "options": options, "has_mail": settings.HAS_MAIL_SERVER}
    return render(request, "workspaces/notification_choices.html", context)
