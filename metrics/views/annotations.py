"""Notes on charts: the list, and writing one from there or from a chart."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.fields import DayField
from accounts.forms.rows import RowForm
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from metrics.annotating import save_annotations, void_annotation
from metrics.annotations import standing_annotations
from metrics.models import Annotation
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec
from workspaces.sorting import Sort

LIST = ListSpec(sorts=(Sort("date", "date", down_first=True),), default="-date")
FILE = ListFile(
    gettext_lazy("Notes on charts"),
    (
        Column(gettext_lazy("Day"), lambda note: note.date),
        Column(gettext_lazy("Note"), lambda note: note.text),
    ),
)


class AnnotationForm(RowForm):
    date = DayField(label=gettext_lazy("Day"))
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=200, help_text=gettext_lazy("What happened: a price rise, a big outage.")
    )


@require_GET
def annotation_list(request, slug):
    page = ListPage(request)
    page.show(LIST, standing_annotations(request.workspace), FILE)
    if page.answer is not None:
        return page.answer
    count = page.list.totals.count
    summary = ngettext("%(count)s note", "%(count)s notes", count) % {"count": formats.number(count)}
    may_edit = request.actor.has_permission(roles.EDIT_FACTS)
    return page.render("metrics/annotation_list.html", {"summary": summary, "may_edit": may_edit})


@require_http_methods(["GET", "POST"])
def annotation_new(request, slug):
    """`next`, a page of the workspace, is where it goes on from: the chart that the note was written on."""
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def annotation_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "annotation")
    return _form_page(request, get_object_or_404(standing_annotations(request.workspace), pk=pk))


def _form_page(request, annotation: Annotation | None):
    initial = {"date": annotation.date, "text": annotation.text} if annotation else {"date": request.GET.get("date")}
    form = AnnotationForm(request.POST if request.method == "POST" else None, initial=initial)
    back = _back(request)
    if request.method == "POST" and save_form(request, form, save_annotations, noun="annotation", fact=annotation):
        return redirect(back)
    return render(
        request,
        "metrics/annotation_form.html",
        {
            "form": form,
            "annotation": annotation,
            "seen": seen(form) if annotation else "",
            "title": formats.table_day(annotation.date) if annotation else _("New note"),
            "back": back,
        },
        status=422 if form.is_refused else 200,
    )


def _back(request) -> str:
    """The page that the note was written on, of this workspace only; else the list."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    inside = reverse("metrics:overview", args=[request.workspace.slug])
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(inside)
    return wanted if is_ours else reverse("metrics:annotation_list", args=[request.workspace.slug])


@require_POST
def annotation_remove(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    annotation = get_object_or_404(standing_annotations(request.workspace), pk=pk)
    reason = reason_given(request)
    if not reason:
        return redirect("metrics:annotation_edit", slug, pk)
    void_annotation(workspace=request.workspace, pk=annotation.pk, reason=reason, by=request.actor)
    messages.success(request, _("The note was voided."))
    return redirect("metrics:annotation_list", slug)
