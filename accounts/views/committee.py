"""The people of an account on its page: who decides, added and judged in place."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from accounts import queries
from accounts.actions import save_contacts
from accounts.committee import Committee, committee
from accounts.forms.contact import QuickContactForm
from accounts.forms.rows import write
from accounts.models import Account
from accounts.models.contact import Stance
from accounts.views.account import account_or_404
from workspaces import roles


def committee_context(request, account: Account, people: Committee, **more) -> dict:
    """What accounts/committee.html takes. more: `form` (a refused one), `touched` (the contact that was just written)."""
    return {
        "account": account,
        "members": people.members,
        "warnings": people.warnings,
        "stances": Stance.choices,
        "form": QuickContactForm(),
        "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
    } | more


@require_POST
def account_contact_add(request, slug, pk):
    """A contact of the account with the little that one knows at first."""
    request.actor.require(roles.EDIT_FACTS)
    account = account_or_404(request.workspace, pk)
    form = QuickContactForm(request.POST, account=account)
    result = write(form, save_contacts, workspace=request.workspace, by=request.actor)
    if result is None:
        return _answer(request, account, form=form)
    return _answer(request, account, touched=result.id, is_adding=True)


@require_POST
def contact_stance(request, slug, pk):
    """How a contact stands to us, chosen from a menu beside the name."""
    request.actor.require(roles.EDIT_FACTS)
    contact = get_object_or_404(queries.standing_contacts(request.workspace), pk=pk)
    stance = request.POST.get("stance", "")
    if stance in Stance.values:
        row = {"id": str(contact.pk), "stance": stance}
        save_contacts(workspace=request.workspace, rows=[row], by=request.actor, mode="update")
    return _answer(request, contact.account, touched=contact.pk)


def _answer(request, account: Account, *, form=None, touched=None, is_adding=False):
    """The part of the page anew for a script, the page itself without."""
    if not request.htmx and form is None:
        return redirect("accounts:account_page", request.workspace.slug, account.pk)
    people = committee(account, day=request.workspace.local_day(timezone.now()))
    more = {"touched": touched, "is_adding": is_adding} | ({"form": form} if form is not None else {})
    context = committee_context(request, account, people, **more)
    template = "accounts/committee.html" if request.htmx else "accounts/committee_page.html"
    answer = render(request, template, context, status=200 if form is None else 422)
    return (
        answer if form is not None else trigger_client_event(answer, "toast", {"text": _("Saved."), "level": "success"})
    )
