"""Who works here."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from workspaces import roles
from workspaces.actions.members import change_member, deactivate_member, open_keys_of, reactivate_member
from workspaces.forms.meanwhile import bring_together, saved_in_words, seen
from workspaces.forms.members import ChangedMemberForm
from workspaces.list_files import Column, ListFile, local, page_file, page_links
from workspaces.models import Invitation, Membership
from workspaces.queries import last_by, members_of
from workspaces.settings_pages import settings_trail
from workspaces.turns import take_turn

MEMBERS = ListFile(
    gettext_lazy("Members"),
    (
        Column(pgettext_lazy("of a person", "Name"), lambda person: person.user.get_full_name()),
        Column(gettext_lazy("Email"), lambda person: person.user.email),
        Column(gettext_lazy("Role"), lambda person: person.get_role_display()),
        Column(gettext_lazy("Team"), lambda person: person.team and person.team.name),
        Column(gettext_lazy("Active"), lambda person: person.is_active),
        Column(gettext_lazy("May export"), lambda person: person.may_export),
        Column(gettext_lazy("Member since"), lambda person: local(person.created_at)),
        Column(gettext_lazy("Last sign-in"), lambda person: local(person.user.last_login)),
    ),
)


@require_safe
def members(request, slug):
    """Everybody with role, team and last sign-in; for owners the open invitations as well."""
    may_manage = request.actor.has_permission(roles.MANAGE_MEMBERS)
    file = page_file(request, MEMBERS, lambda: members_of(request.workspace))
    if file is not None:
        return file
    people = list(members_of(request.workspace))
    context = {
        "active": [person for person in people if person.is_active],
        "former": [person for person in people if not person.is_active],
        "invitations": _open_invitations(request.workspace) if may_manage else [],
        "may_manage": may_manage,
        "files": page_links(request),
        "trail": settings_trail(request),
    }
    return render(request, "workspaces/members.html", context)


def _open_invitations(workspace):
    return (
        Invitation.objects.select_related("team", "invited_by__user")
        .filter(workspace=workspace, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .order_by("-created_at")
    )


def member(request, slug, pk):
    """One member: role and team, and the way out."""
    request.actor.require(roles.MANAGE_MEMBERS)
    if request.method == "POST":
        take_turn(request.workspace, "membership")
    person = _member_or_404(request, pk)
    form = ChangedMemberForm(
        request.POST or None,
        workspace=request.workspace,
        initial={"role": person.role, "team": person.team_id, "may_export": person.may_export},
    )
    if request.method == "POST":
        bring_together(form, last_by=lambda: last_by("membership", person))
    if request.method == "POST" and form.is_valid():
        try:
            change_member(workspace=request.workspace, pk=pk, by=request.actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, saved_in_words(form))
            return redirect("workspaces:members", slug)
    context = {
        "person": person,
        "form": form,
        "seen": seen(form),
        "keys": list(open_keys_of(person)),
        "trail": settings_trail(request, "members", _("Members")),
    }
    return render(request, "workspaces/member.html", context, status=422 if form.errors else 200)


@require_POST
def deactivate(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    person = _member_or_404(request, pk)
    try:
        deactivate_member(
            workspace=request.workspace, pk=pk, revoke_keys="revoke_keys" in request.POST, by=request.actor
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("workspaces:member", request.workspace.slug, pk)
    messages.success(
        request,
        _("%(name)s is deactivated. What they still own stays theirs until you give it to somebody else.")
        % {"name": person},
    )
    return redirect("workspaces:members", slug)


@require_POST
def reactivate(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    person = _member_or_404(request, pk)
    reactivate_member(workspace=request.workspace, pk=pk, by=request.actor)
    messages.success(request, _("%(name)s is active again.") % {"name": person})
    return redirect("workspaces:members", slug)


def _member_or_404(request, pk) -> Membership:
    people = Membership.objects.select_related("user", "team").filter(workspace=request.workspace)
    return get_object_or_404(people, pk=pk)
