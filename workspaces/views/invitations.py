"""Inviting, and being invited."""

from urllib.parse import quote

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from workspaces import roles
from workspaces.actions.identities import connect_identity
from workspaces.actions.invitations import accept_invitation, create_invitation, open_invitation, revoke_invitation
from workspaces.actions.users import register_user
from workspaces.forms.members import InvitationForm, NewcomerByAppForm, NewcomerForm
from workspaces.front_page import front_page_url
from workspaces.identities.apps import work_apps
from workspaces.identities.pending import drop_pending, pending_identity
from workspaces.invitation_mail import invitation_text, post_invitation
from workspaces.models import Invitation
from workspaces.qr import qr_svg
from workspaces.settings_pages import settings_trail


def invitation_new(request, slug):
    """Make a link; it is shown in the answer and never again."""
    request.actor.require(roles.MANAGE_MEMBERS)
    form = InvitationForm(request.POST or None, workspace=request.workspace)
    context = {"form": form, "trail": settings_trail(request, "members", _("Members"))}
    if request.method == "POST" and form.is_valid():
        try:
            made, token = create_invitation(
                workspace=request.workspace, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            link = settings.PUBLIC_URL + reverse("invitation", args=[token])
            is_mailed = post_invitation(workspace=request.workspace, invitation=made, link=link)
            context |= {
                "invitation": made,
                "link": link,
                "qr": qr_svg(link, label=_("QR code of the invitation's link")),
                "is_mailed": is_mailed,
                "mailto": _mailto(made, link, request),
            }
    return render(request, "workspaces/invitation_new.html", context, status=422 if form.errors else 200)


def _mailto(made: Invitation, link: str, request) -> str:
    """A prepared mail for the inviter's own mail program: it needs no mail server here."""
    subject, body = invitation_text(request.workspace, made, link)
    return f"mailto:{quote(made.email)}?subject={quote(subject)}&body={quote(body)}"


@require_POST
def revoke(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    try:
        revoke_invitation(workspace=request.workspace, pk=pk, by=request.actor, at=timezone.now())
    except Invitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The link does not work any more."))
    return redirect("workspaces:members", slug)


@never_cache
@sensitive_post_parameters("password")
def invitation(request, token):
    """Where the link leads: a signed-in person joins, a new one sets name and password and joins.

    Unknown, expired, used and revoked links, and links for somebody else's address, look all the same.
    """
    if too_many := ratelimit.consume_or_429(request, action="invitation", limit_get=True):
        return too_many
    found = open_invitation(token, timezone.now())
    if found is None:
        return _gone(request)
    if request.user.is_authenticated:
        return _join_as_user(request, token, found)
    return _join_as_newcomer(request, token, found)


def _gone(request):
    return render(request, "workspaces/invitation_gone.html", status=404)


def _join_as_user(request, token, found):
    if found.email and found.email != request.user.email:
        return _gone(request)
    if request.method == "POST":
        member = accept_invitation(token=token, user=request.user, at=timezone.now())
        if member is None:
            return _gone(request)
        return redirect(front_page_url(found.workspace.slug))
    return render(request, "workspaces/invitation.html", {"invitation": found})


def _join_as_newcomer(request, token, found):
    # For an invitation to one address that address is given, and cannot be changed.
    if "password" in request.GET:
        drop_pending(request.session)
    pending = pending_identity(request.session, found)
    data = request.POST.dict() if request.method == "POST" else None
    if data is not None and found.email:
        data["email"] = found.email
    if pending:
        form: forms.Form = NewcomerByAppForm(data, initial={"email": found.email, "name": pending.name})
    else:
        form = NewcomerForm(data, initial={"email": found.email})
    if found.email:
        form.fields["email"].widget.attrs["readonly"] = True
    if data is not None and form.is_valid():
        try:
            with transaction.atomic():
                user = register_user(language=get_language() or "", **{"password": None} | form.cleaned_data)
                member = accept_invitation(token=token, user=user, at=timezone.now())
                if member is None:
                    transaction.set_rollback(True)
                elif pending:
                    connect_identity(user=user, app=pending.app, uid=pending.uid, name=pending.name, is_mailed=False)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if member is None:
                return _gone(request)
            drop_pending(request.session)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            if pending:
                record_authentication(request, user, "socialaccount", provider=pending.app, uid=pending.uid)
            return redirect(front_page_url(found.workspace.slug))
    sign_in = f"{reverse('account_login')}?next={quote(request.path)}"
    context = {
        "invitation": found,
        "form": form,
        "sign_in_url": sign_in,
        "pending": pending,
        "work_apps": work_apps(),
        "token": token,
    }
    return render(request, "workspaces/invitation.html", context, status=422 if form.errors else 200)
