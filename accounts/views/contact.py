"""Contacts: the list, one contact's page, entering, changing and voiding one."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import kept_lists, list_files, lists, queries
from accounts.actions import save_contacts, void_contact
from accounts.contact_timeline import timeline_of
from accounts.forms.contact import ContactForm
from accounts.models import Contact
from accounts.models.contact import BuyingRole
from accounts.properties import contact_properties
from accounts.views import bulk_bars
from accounts.views.account_parts import link_files
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.keyset import BadCursor
from workspaces.list_page import ListPage, panel, shown_list
from workspaces.list_views import ListViews


@require_GET
def contact_list(request, slug):
    page = ListPage(request, kept_lists.CONTACTS)
    if page.answer is None:
        page.take(shown_contacts(request, page.views, request.GET), list_files.CONTACTS)
    if page.answer is not None:
        return page.answer
    may_edit = request.actor.has_permission(roles.EDIT_FACTS)
    return page.render(
        "accounts/contact_list.html",
        {
            "title": _("Contacts"),
            "panel": panel(request, _("Contact"), "accounts:contact_panel"),
            "placeholder": _("Search people, mobiles, accounts"),
            "rows": page.cells(),
            "summary": _summary(page.list.totals),
            "role_labels": dict(BuyingRole.choices),
            "may_edit": may_edit,
            "picks": bulk_bars.of_contacts(request.workspace, page.list, request.actor) if may_edit else None,
        },
    )


def shown_contacts(request, views: ListViews | None, params):
    """The list that `params` ask for."""
    return shown_list(request, views, lists.CONTACTS, queries.standing_contacts(request.workspace), params=params)


def _summary(totals) -> str:
    count = formats.number(totals.count)
    if totals.is_capped:
        return _("More than %(count)s contacts") % {"count": count}
    return ngettext("%(count)s contact", "%(count)s contacts", totals.count) % {"count": count}


@require_GET
def contact_page(request, slug, pk):
    """One contact; `before` in the address: the timeline behind a cursor, alone where a script asks for it."""
    contact = _contact_or_404(request.workspace, pk)
    cursor = request.GET.get("before", "")
    try:
        page = timeline_of(contact, cursor=cursor)
    except BadCursor as error:
        raise Http404 from error
    link_files(request, page.entries)
    timeline = {
        "timeline": page.entries,
        "older_url": f"{request.path}?{urlencode({'before': page.older})}" if page.older else "",
    }
    if cursor and request.htmx:
        return render(request, "accounts/timeline.html#entries", timeline)
    return render(
        request,
        "accounts/contact_page.html",
        {
            **timeline,
            "contact": contact,
            "properties": contact_properties(contact),
            "others": contact.account.contacts.standing().exclude(pk=contact.pk).order_by("sort_name", "pk"),
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


@require_http_methods(["GET", "POST"])
def contact_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def contact_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "contact")
    return _form_page(request, _contact_or_404(request.workspace, pk))


def account_in_address(request):
    """The account that a form was opened from (`?account=<id>`), or None."""
    try:
        pk = UUID(request.GET.get("account", ""))
    except ValueError:
        return None
    return queries.standing_accounts(request.workspace).filter(pk=pk).first()


def _form_page(request, contact: Contact | None):
    account = contact.account if contact else account_in_address(request)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        account=account,
        suggest_url=reverse("accounts:account_suggestions", args=[request.workspace.slug]),
        initial=ContactForm.initial_of(contact) if contact else None,
    )
    if request.method == "POST":
        result = save_form(request, form, save_contacts, noun="contact", fact=contact)
        if result is not None:
            return redirect("accounts:contact_page", request.workspace.slug, result.id)
    return render(
        request,
        "accounts/contact_form.html",
        {"form": form, "contact": contact, "account": account, "seen": seen(form) if contact else ""},
        status=422 if form.is_refused else 200,
    )


@require_POST
def contact_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    contact = _contact_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:contact_page", slug, pk)
    void_contact(workspace=request.workspace, pk=contact.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided.") % {"name": contact})
    return redirect("accounts:account_page", slug, contact.account_id)


def _contact_or_404(workspace, pk) -> Contact:
    return get_object_or_404(queries.standing_contacts(workspace), pk=pk)
