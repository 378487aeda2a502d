"""Saved filters of the list of accounts: keeping one, renaming, sharing and removing it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries
from accounts.actions import may_change, remove_saved_filter, save_own_filters, save_shared_filters
from accounts.condition_words import in_words
from accounts.conditions import NotOneFilter, is_condition, read_conditions
from accounts.forms.rows import write
from accounts.forms.saved_filter import SavedFilterForm
from accounts.models import SavedFilter
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.list_files import Column, ListFile, page_file, page_links

FILE = ListFile(
    gettext_lazy("Saved filters"),
    (
        Column(gettext_lazy("Name"), lambda row: row["filter"].name),
        Column(
            gettext_lazy("Conditions"),
            lambda row: "; ".join(f"{one['label']}: {', '.join(map(str, one['values']))}" for one in row["words"]),
        ),
        Column(
            gettext_lazy("Seen by"),
            lambda row: gettext_lazy("Everybody") if row["filter"].is_shared else gettext_lazy("Only you"),
        ),
        Column(gettext_lazy("Owner"), lambda row: row["filter"].owner and str(row["filter"].owner.user)),
    ),
)


@require_safe
def saved_filter_list(request, slug):
    found = list(queries.visible_filters(request.workspace, request.actor.user_id))
    words = in_words(request.workspace, [saved.conditions for saved in found])
    rows = [
        {"filter": saved, "words": said, "may_change": may_change(saved, request.actor)}
        for saved, said in zip(found, words, strict=True)
    ]
    file = page_file(request, FILE, lambda: rows)
    if file is not None:
        return file
    context = {"rows": rows, "files": page_links(request, has_rows=bool(rows))}
    return render(request, "accounts/saved_filters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_filter_new(request, slug):
    """Keeps the conditions that stand in the address, as the list's own address does."""
    parameters = {name: request.GET.getlist(name) for name in request.GET if is_condition(name)}
    try:
        conditions = read_conditions(request.workspace, parameters, user_id=request.actor.user_id).as_json()
    except NotOneFilter as refusal:
        messages.error(request, " ".join(text for texts in refusal.errors.values() for text in texts))
        query = urlencode(parameters, doseq=True)
        return redirect(f"{reverse('accounts:account_list', args=[request.workspace.slug])}?{query}")
    except InvalidRow as refusal:
        raise Http404 from refusal
    if not conditions:
        raise Http404
    return _form_page(request, None, conditions)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_filter_edit(request, slug, pk):
    return _form_page(request, _own_or_404(request, pk), None)


def _form_page(request, saved: SavedFilter | None, conditions: dict[str, list[str]] | None):
    # Only who owns a filter may take it back to themselves; of others' and of nobody's the sharing stays.
    is_own = saved is None or (saved.owner is not None and saved.owner.user_id == request.actor.user_id)
    form = SavedFilterForm(
        request.POST if request.method == "POST" else None,
        conditions=conditions,
        may_share=is_own and request.actor.has_permission(roles.EDIT_FACTS),
        initial={"name": saved.name, "is_shared": saved.is_shared} if saved else {},
    )
    if request.method == "POST":
        save = save_own_filters if is_own and "is_shared" not in request.POST else save_shared_filters
        result = write(form, save, workspace=request.workspace, by=request.actor, pk=saved and saved.pk)
        if result is not None:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('accounts:account_list', args=[request.workspace.slug])}?segment={result.id}")
    (words,) = in_words(request.workspace, [saved.conditions if saved else conditions or {}])
    return render(
        request,
        "accounts/saved_filter.html",
        {"form": form, "saved": saved, "words": words},
        status=422 if form.is_refused else 200,
    )


@require_POST
def saved_filter_remove(request, slug, pk):
    saved = _own_or_404(request, pk)
    remove_saved_filter(workspace=request.workspace, pk=saved.pk, by=request.actor)
    messages.success(request, _("Removed the filter %(name)s.") % {"name": saved})
    return redirect("accounts:saved_filter_list", slug)


def _own_or_404(request, pk) -> SavedFilter:
    saved = get_object_or_404(queries.visible_filters(request.workspace, request.actor.user_id), pk=pk)
    if not may_change(saved, request.actor):
        request.actor.require(roles.EDIT_FACTS)
    return saved
