"""The composer on top of an account's timeline, and the colleagues that it offers behind an @."""

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from accounts.actions import compose_interaction
from accounts.committee import committee
from accounts.forms.interaction import ComposerForm
from accounts.models import Account
from accounts.views.account import account_or_404
from accounts.views.account_parts import part_contexts
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.pinyin import initials, sounds
from workspaces.queries import colleagues as colleagues_of


def composer_form(request, account: Account, contacts, *, is_sent: bool = False) -> ComposerForm:
    """The form as the page begins with it, or with what was sent."""
    return ComposerForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        contacts=contacts,
        members=colleagues_of(request.workspace),
        me=request.member,
        initial={"happened_on": request.workspace.local_day(timezone.now()), "kind": "note"},
    )


@require_POST
def account_compose(request, slug, pk):
    """Enter what was composed, and answer with the parts of the page that changed; a refused form comes back alone."""
    request.actor.require(roles.EDIT_FACTS)
    account = account_or_404(request.workspace, pk)
    people = committee(account, day=request.workspace.local_day(timezone.now()))
    form = composer_form(request, account, people.contacts, is_sent=True)
    if form.is_valid():
        try:
            compose_interaction(
                workspace=request.workspace,
                account=account,
                row=form.row(),
                task=form.task(),
                files=form.uploads(),
                by=request.actor,
            )
        except InvalidRow as refused:
            form.take_errors(refused.errors)
    if form.is_refused:
        template = "accounts/composer.html" if request.htmx else "accounts/composer_page.html"
        return render(request, template, {"account": account, "composer": form, "is_open": True}, status=422)
    if not request.htmx:
        return redirect("accounts:account_page", slug, account.pk)
    context = {"account": account, **part_contexts(request, account)}
    answer = render(
        request, "accounts/composed.html", context | {"composer": composer_form(request, account, people.contacts)}
    )
    trigger_client_event(answer, "composed", {"key": str(account.pk)})
    return trigger_client_event(answer, "toast", {"text": _("Saved."), "level": "success"})


@require_GET
def colleagues(request, slug):
    """Whom a text may mention and fields offer: id, name, mail address, the first letters of the name's parts, and all
    letters of a Chinese name from each character on.
    """
    request.actor.require(roles.EDIT_FACTS)
    found = [
        {
            "id": str(one.pk),
            "name": str(one),
            "mail": one.user.email,
            "letters": initials(str(one)),
            "sounds": sounds(str(one)),
        }
        for one in colleagues_of(request.workspace)
    ]
    return JsonResponse({"colleagues": found})
