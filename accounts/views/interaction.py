"""Interactions: one's page, entering, changing and voiding one. The account's timeline lists them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries
from accounts.actions import save_interactions, void_interaction
from accounts.dated_facts import said
from accounts.forms.interaction import InteractionForm
from accounts.models import Interaction
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.contact import account_in_address
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.mentions import current, members_named, plain
from workspaces.queries import colleagues


@require_GET
def interaction_page(request, slug, pk):
    interaction = _interaction_or_404(request.workspace, pk)
    language = get_language()
    called = members_named(request.workspace, said(interaction))
    return render(
        request,
        "accounts/interaction_page.html",
        {
            "interaction": interaction,
            "contacts": [one.contact for one in interaction.people.all()],
            "properties": [
                {"label": _("Kind"), "value": interaction.get_kind_display()},
                {"label": _("Day"), "value": formats.day(interaction.happened_on, language)},
                {"label": _("Others present"), "value": interaction.participants},
                {"label": _("Stage"), "value": interaction.stage},
                {"label": _("Next step"), "value": plain(interaction.next_step, called)},
                {
                    "label": _("Next step on"),
                    "value": formats.day(interaction.next_step_on, language) if interaction.next_step_on else "",
                },
                {"label": _("Author"), "value": str(interaction.author) if interaction.author else ""},
                {"label": _("External id"), "value": interaction.external_id},
            ],
            "texts": [
                {"label": label, "text": current(text, called)}
                for label, text in (
                    (_("Need"), interaction.need),
                    (_("Minutes"), interaction.minutes),
                    (_("Feedback"), interaction.feedback),
                )
                if text
            ],
            "files": list(queries.standing_attachments(request.workspace).filter(interaction=interaction)),
            "upload_url": reverse("accounts:interaction_files", args=[slug, interaction.pk]),
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


@require_http_methods(["GET", "POST"])
def interaction_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def interaction_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "interaction")
    return _form_page(request, _interaction_or_404(request.workspace, pk))


def _form_page(request, interaction):
    account = interaction.account if interaction else account_in_address(request)
    contacts = list(account.contacts.standing().order_by("sort_name", "pk")) if account else []
    if interaction:
        known = {contact.pk for contact in contacts}
        contacts += [one.contact for one in interaction.people.all() if one.contact_id not in known]
        initial = InteractionForm.initial_of(interaction)
    else:
        initial = {"happened_on": request.workspace.local_day(timezone.now())}
    form = InteractionForm(
        request.POST if request.method == "POST" else None,
        account=account,
        contacts=contacts,
        members=colleagues(request.workspace),
        suggest_url=reverse("accounts:account_suggestions", args=[request.workspace.slug]),
        initial=initial,
    )
    if request.method == "POST":
        result = save_form(request, form, save_interactions, noun="interaction", fact=interaction)
        if result is not None:
            return redirect("accounts:interaction_page", request.workspace.slug, result.id)
    return render(
        request,
        "accounts/interaction_form.html",
        {"form": form, "interaction": interaction, "account": account, "seen": seen(form) if interaction else ""},
        status=422 if form.is_refused else 200,
    )


@require_POST
def interaction_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    interaction = _interaction_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:interaction_page", slug, pk)
    void_interaction(workspace=request.workspace, pk=interaction.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided.") % {"name": interaction})
    return redirect("accounts:account_page", slug, interaction.account_id)


def _interaction_or_404(workspace, pk) -> Interaction:
    return get_object_or_404(queries.standing_interactions(workspace), pk=pk)
