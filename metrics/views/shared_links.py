"""Public links of a workspace: the list, making one from a dashboard, revoking."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.conditions import NotOneFilter
from metrics.dashboards.queries import visible_dashboards
from metrics.models import Dashboard, SharedLink, SharedPage
from metrics.sharing import links_of, query_of, revoke_link, share_dashboard
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.list_files import Column, ListFile, local, page_file, page_links
from workspaces.settings_pages import settings_trail

FILE = ListFile(
    gettext_lazy("Public links"),
    (
        Column(gettext_lazy("Heading"), lambda link: link.title),
        Column(gettext_lazy("Dashboard"), lambda link: link.get_page_display()),
        Column(gettext_lazy("Has a password"), lambda link: bool(link.password)),
        Column(gettext_lazy("Shows names"), lambda link: link.shows_names),
        Column(gettext_lazy("Made by"), lambda link: link.created_by.user.name),
        Column(gettext_lazy("Made at"), lambda link: local(link.created_at)),
        Column(gettext_lazy("Expires"), lambda link: local(link.expires_at)),
        Column(gettext_lazy("Revoked"), lambda link: local(link.revoked_at)),
        Column(gettext_lazy("Last seen"), lambda link: local(link.last_seen_at)),
    ),
)


class SharedLinkForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Heading"), max_length=100, help_text=gettext_lazy("Stands above the figures.")
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Open for"),
        coerce=int,
        choices=[
            (7, gettext_lazy("a week")),
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("a year")),
        ],
        initial=30,
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        min_length=8,
        max_length=100,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Asked of whoever opens the link. Pass it on another way than the link."),
    )
    shows_names = forms.BooleanField(
        label=gettext_lazy("Show names"),
        required=False,
        help_text=gettext_lazy(
            "Of groups, channels, campaigns and owners, of what it is narrowed to, of accounts in the sentence, and notes."
        ),
    )


def may_share(request) -> bool:
    """Whether the member may make public links here."""
    actor = request.actor
    return (
        request.workspace.allows_public_links
        and actor.has_permission(roles.EXPORT)
        and actor.has_permission(roles.EDIT_FACTS)
    )


def share_query(request, page: str, address: str, **more: Any) -> dict[str, str]:
    """For the menu of a dashboard: where a public link to it is made, for who may; else nothing. address: the exact one."""
    exact = address.partition("?")[2]
    return {"share_query": f"{urlencode({'page': page, **more})}&{exact}".rstrip("&")} if may_share(request) else {}


def _address_of(page: str, slug: str, query: str, dashboard: Dashboard | None) -> str:
    """Of the page that a link shows, for members."""
    more = [dashboard.pk] if dashboard else []
    return f"{reverse(f'metrics:{page}', args=[slug, *more])}?{query}"


def _inside(link: SharedLink, slug: str, user_id) -> str:
    """Where members see what a link shows; empty where the reader does not: a private dashboard, or one that is no more."""
    if link.page == SharedPage.DASHBOARD:
        seen = link.dashboard
        if seen is None or not (seen.is_shared or link.created_by.user_id == user_id):
            return ""
    return _address_of(link.page, slug, link.query, link.dashboard)


def _dashboard_asked(request, page: str) -> Dashboard | None:
    """The dashboard that the address names, where the page is one; Http404 for one that the member does not see."""
    if page != SharedPage.DASHBOARD:
        return None
    try:
        return visible_dashboards(request.workspace, request.user.pk).get(pk=request.GET.get("dashboard", ""))
    except (Dashboard.DoesNotExist, ValidationError):  # of another one, or no id at all
        raise Http404 from None


@require_safe
def shared_link_list(request, slug):
    request.actor.require(roles.EXPORT)
    file = page_file(request, FILE, lambda: links_of(request.workspace))
    if file is not None:
        return file
    now = timezone.now()
    is_owner = request.actor.has_permission(roles.MANAGE_WORKSPACE)
    rows = [
        {
            "link": link,
            "is_open": link.is_open_at(now),
            "href": _inside(link, slug, request.actor.user_id),
            "may_revoke": link.revoked_at is None and (is_owner or link.created_by.user_id == request.actor.user_id),
        }
        for link in links_of(request.workspace)
    ]
    context = {
        "rows": rows,
        "files": page_links(request, has_rows=bool(rows)),
        "is_permitted": request.workspace.allows_public_links,
        "trail": settings_trail(request),
    }
    return render(request, "metrics/shared_links.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def shared_link_new(request, slug):
    """`page` and the dashboard's own parameters in the address; the link is shown in the answer and never again."""
    if not may_share(request):
        raise PermissionDenied
    page = request.GET.get("page", "")
    if page not in SharedPage.values:
        raise Http404
    dashboard = _dashboard_asked(request, page)
    asked = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name not in ("page", "dashboard"):
            asked.setlist(name, values)
    try:
        query = query_of(page, asked, request.workspace, user_id=request.actor.user_id)
    except NotOneFilter as refused:
        messages.error(request, " ".join(text for texts in refused.errors.values() for text in texts))
        return redirect(_address_of(page, slug, asked.urlencode(), dashboard))
    except InvalidRow as refused:
        raise Http404 from refused
    form = SharedLinkForm(request.POST or None, initial={"title": dashboard or SharedPage(page).label, "days": 30})
    back = _address_of(page, slug, query, dashboard)
    context = {
        "form": form,
        "back": back,
        "trail": settings_trail(request, "metrics:shared_link_list", _("Public links")),
    }
    if request.method == "POST" and form.is_valid():
        now, values = timezone.now(), dict(form.cleaned_data)
        expires_at = now + dt.timedelta(days=values.pop("days"))
        try:
            link, token = share_dashboard(
                workspace=request.workspace,
                page=page,
                query=query,
                dashboard=dashboard,
                expires_at=expires_at,
                by=request.actor,
                at=now,
                **values,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            context |= {"link": link, "address": settings.PUBLIC_URL + reverse("shared_dashboard", args=[token])}
    return render(request, "metrics/shared_link_new.html", context, status=422 if form.errors else 200)


@require_POST
def shared_link_revoke(request, slug, pk):
    try:
        revoke_link(workspace=request.workspace, pk=pk, by=request.actor, at=timezone.now())
    except SharedLink.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The link does not work any more."))
    # Its maker may revoke it also when they may not see the list any more.
    may_see = request.actor.has_permission(roles.EXPORT)
    return redirect("metrics:shared_link_list" if may_see else "workspaces:settings", slug)
