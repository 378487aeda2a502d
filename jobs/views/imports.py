"""Files into rows: upload → match columns → check, nothing written → confirm → progress → result."""

from django.contrib import messages
from django.core.files.base import ContentFile, File
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jobs import kept_lists, list_files
from jobs.imports import actions, fixing
from jobs.imports.checking import read_import
from jobs.imports.error_file import error_file
from jobs.imports.kinds import ImportKind, import_kinds
from jobs.imports.mapping import MODES, open_questions, wrong_constants
from jobs.imports.mapping_form import posted_mapping, shown_columns, shown_constants, shown_rules
from jobs.imports.presets import propose, recognise
from jobs.imports.table import MAX_BYTES, MAX_ROWS, UnreadableFile
from jobs.models import ImportJob
from jobs.views.import_parts import download, job_or_404, progress_of, status_of, steps_of, trail_of
from jobs.views.import_undo import undone_rows
from workspaces import formats, roles
from workspaces.exports import csv_lines
from workspaces.filters import Filter, Kind, column
from workspaces.grouping import Grouping, by_label, by_name, has_value
from workspaces.list_columns import ListColumn
from workspaces.list_files import page_file, page_links
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec
from workspaces.pinyin import sort_key
from workspaces.queries import name_behind, name_in
from workspaces.sorting import Sort


def _count(name: str):
    def say(job: ImportJob) -> str:
        return formats.number(job.counts.get(name, 0)) if job.is_confirmed else ""

    return say


def _kind_heads(texts: list[str]):
    return by_label({key: kind.label for key, kind in import_kinds().items()})(texts)


# The state and the times are drawn by the page.
IMPORTS = ListSpec(
    sorts=(Sort("created", "id", down_first=True),),
    default="-created",
    columns=(
        ListColumn("kind", gettext_lazy("Kind"), text=list_files.kind_label),
        ListColumn("state", gettext_lazy("State")),
        ListColumn("rows", gettext_lazy("Rows"), text=lambda job: formats.number(job.row_count), is_number=True),
        ListColumn("created_rows", pgettext_lazy("rows", "Created"), text=_count("created"), is_number=True),
        ListColumn("updated_rows", pgettext_lazy("rows", "Updated"), text=_count("updated"), is_number=True),
        ListColumn("by", gettext_lazy("By"), text=lambda job: job.by_name),
        ListColumn("created", gettext_lazy("Brought in"), sort="created", is_figure=True),
        ListColumn("finished", gettext_lazy("Finished"), is_figure=True, is_shown=False),
    ),
    filters=(
        Filter(
            "kind",
            gettext_lazy("Kind"),
            lambda _workspace: [(key, kind.label) for key, kind in import_kinds().items()],
            lambda kinds: Q(kind__in=kinds),
        ),
        Filter(
            "state",
            gettext_lazy("State"),
            lambda _workspace: ImportJob.STATES,
            lambda states: Q(state__in=states),
        ),
        column("created", gettext_lazy("Brought in"), "created_at", Kind.DATE, may_miss=False, is_moment=True),
        column("by", gettext_lazy("By"), "by_name", Kind.TEXT, may_miss=False),
    ),
    search=lambda jobs, words: jobs.filter(name__icontains=words),
    groupings=(
        Grouping("kind", gettext_lazy("Kind"), F("kind"), _kind_heads, clause=has_value("kind")),
        Grouping(
            "state", gettext_lazy("State"), F("state"), by_label(dict(ImportJob.STATES)), clause=has_value("state")
        ),
        Grouping(
            "by",
            gettext_lazy("By"),
            F("by_name"),
            by_name(str, lambda name: sort_key(name, is_person=True)),
            clause=has_value("by"),
        ),
    ),
)
SHOWN_ISSUES = 200


@require_GET
def import_list(request, slug):
    request.actor.require(roles.IMPORT_FILES)
    page = ListPage(request, kept_lists.IMPORTS)
    jobs = ImportJob.objects.filter(workspace=request.workspace).annotate(by_name=name_in("created_by"))
    jobs = jobs.select_related("run").defer("preview", "columns")
    page.show(IMPORTS, jobs, list_files.IMPORTS)
    if page.answer is not None:
        return page.answer
    for job in page.list.rows:
        job.status = status_of(job)
    count = page.list.totals.count
    context = {
        "title": _("Imports"),
        "placeholder": _("Search file names"),
        "rows": page.cells(),
        "summary": ngettext("%(count)s import", "%(count)s imports", count) % {"count": formats.number(count)},
    }
    return page.render("jobs/import_list.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request, slug):
    request.actor.require(roles.IMPORT_FILES)
    kinds = _permitted(request.actor)
    chosen = (request.POST if request.method == "POST" else request.GET).get("kind", "accounts")
    error, status = "", 200
    if request.method == "POST":
        kind, upload = kinds.get(chosen), _upload(request)
        if kind is None:
            raise Http404
        if upload is None:
            error = _("Choose a file, or paste rows.")
        elif upload.size is None or upload.size > MAX_BYTES:
            error = _("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // (1024 * 1024)}
        else:
            try:
                job = actions.receive_file(
                    workspace=request.workspace,
                    kind=kind,
                    name=upload.name or "",
                    content=upload.read(),
                    language=get_language(),
                    by=request.actor,
                    at=timezone.now(),
                )
            except UnreadableFile as refusal:
                error = refusal.message
            else:
                return redirect("jobs:import_map", slug, job.pk)
        status = 422
    context = {
        "trail": trail_of(request),
        "kinds": kinds.values(),
        "chosen": chosen if chosen in kinds else next(iter(kinds)),
        "error": error,
        "pasted": request.POST.get("pasted", ""),
        "steps": steps_of(0),
        "help": _("CSV or Excel, up to %(size)s MB and %(rows)s rows")
        % {"size": MAX_BYTES // (1024 * 1024), "rows": formats.number(MAX_ROWS)},
    }
    return render(request, "jobs/import_new.html", context, status=status)


def _upload(request) -> File | None:
    """The file, or the rows that were pasted in its place: a spreadsheet puts them on the clipboard as text with tabs."""
    if (file := request.FILES.get("file")) is not None:
        return file
    pasted = request.POST.get("pasted", "")
    return ContentFile(pasted.encode(), _("Pasted rows")) if pasted.strip() else None


@require_GET
def import_template(request, slug, kind):
    """An example file: the fields as headers in the reader's language, and rows to be replaced."""
    request.actor.require(roles.IMPORT_FILES)
    found = import_kinds().get(kind)
    if found is None:
        raise Http404
    fields = [field for field in found.fields if field.is_required or any(field.key in row for row in found.samples)]
    rows = ([row.get(field.key, "") for field in fields] for row in found.samples)
    return download("".join(csv_lines([str(field.label) for field in fields], rows)), f"{kind}.csv")


@require_http_methods(["GET", "POST"])
def import_map(request, slug, pk):
    """Which column is which field. A change of a select comes back as the form alone, with the questions it raises."""
    job = job_or_404(request, pk)
    if job.is_confirmed or job.file_id is None:
        return redirect("jobs:import_page", slug, pk)
    kind, columns = _kind(job), actions.columns_of(job)
    mapping, questions = actions.mapping_of(job), []
    if request.method == "POST":
        is_proposed = request.POST.get("preset") in ("on", "off")
        if is_proposed:
            mapping = propose(kind, columns, with_preset=request.POST["preset"] == "on")
        else:
            mapping = posted_mapping(request.POST, kind, columns, mapping)
        try:
            questions = actions.save_mapping(job=job, mapping=mapping, by=request.actor)
            if is_proposed:
                return redirect("jobs:import_map", slug, pk)
            if not questions and not request.htmx:
                actions.start_check(job=job, by=request.actor)
                return redirect("jobs:import_preview", slug, pk)
        except actions.NotReady:
            messages.warning(request, _("This import has moved on meanwhile; here is how it stands."))
            return redirect("jobs:import_page", slug, pk)
    elif job.state != ImportJob.MAPPING:
        questions = open_questions(kind, mapping, columns)
    preset = recognise(columns)
    is_asked = request.method == "POST" and not request.htmx
    context = {
        "trail": trail_of(request),
        "job": job,
        "kind": kind,
        "steps": steps_of(1),
        "columns": shown_columns(kind, columns, mapping, questions),
        "constants": shown_constants(
            kind,
            mapping,
            wrong_constants(kind, mapping),
            workspace=request.workspace if request.method == "GET" else None,
        ),
        "rules": shown_rules(mapping, columns),
        "modes": [(mode, label, mode == mapping.mode) for mode, label in zip(MODES, _mode_labels(), strict=True)],
        "preset": preset,
        "preset_kind": import_kinds()[preset.kind].label if preset else "",
        "uses_preset": bool(mapping.preset),
        "questions": [message for index, message in questions if index is None] if is_asked else [],
        "has_questions": is_asked and bool(questions),
    }
    template = "jobs/import_map.html#mapping" if request.htmx else "jobs/import_map.html"
    return render(request, template, context, status=422 if context["has_questions"] else 200)


def _mode_labels() -> list[str]:
    return [_("Create new rows and update existing ones"), _("Only create new rows"), _("Only update existing rows")]


@require_GET
def import_preview(request, slug, pk):
    """What the check found: every row that would be written or refused. Nothing is written yet."""
    job = job_or_404(request, pk)
    if job.is_confirmed:
        return redirect("jobs:import_page", slug, pk)
    if job.state == ImportJob.MAPPING:
        return redirect("jobs:import_map", slug, pk)
    only_errors = request.GET.get("show") == "errors"
    rows = fixing.mendable(job.preview) if only_errors else job.preview.get("rows", [])
    total = job.counts.get("errors" if only_errors else "rows", 0)
    context = {
        "trail": trail_of(request),
        "job": job,
        "kind": _kind(job),
        "steps": steps_of(2),
        "is_checking": job.state == ImportJob.CHECKING,
        "columns": job.preview.get("columns", []),
        "rows": rows,
        "has_row_errors": any(row["errors"] for row in rows),
        "only_errors": only_errors,
        "left": total - len(rows),
        "counts": _counts(job),
        "writable": sum(job.counts.get(key, 0) for key in ("created", "updated")),
        "tabs": [
            {"label": _("All rows"), "href": "?", "active": not only_errors, "count": job.counts.get("rows", 0)},
            {"label": _("Errors"), "href": "?show=errors", "active": only_errors, "count": job.counts.get("errors", 0)},
        ],
    }
    return render(request, "jobs/import_preview.html", context | progress_of(job))


@require_POST
def import_fix(request, slug, pk):
    """Mended cells of the rows with errors; all rows are checked again with them."""
    job = job_or_404(request, pk)
    fixes = fixing.changed_cells(job.preview, request.POST)
    if not fixes:
        messages.info(request, _("No cell was changed."))
        return redirect(reverse("jobs:import_preview", args=[slug, pk]) + "?show=errors")
    try:
        actions.fix_cells(job=job, fixes=fixes, by=request.actor)
    except actions.NotReady:
        messages.warning(request, _("This import has moved on meanwhile; here is how it stands."))
        return redirect("jobs:import_page", slug, pk)
    job.refresh_from_db(fields=["counts", "state"])
    left = job.counts.get("errors", 0)
    if job.state == ImportJob.CHECKED and not left:
        messages.success(request, _("No row has an error any more."))
    return redirect(reverse("jobs:import_preview", args=[slug, pk]) + ("?show=errors" if left else ""))


@require_POST
def import_confirm(request, slug, pk):
    return _step(request, slug, pk, actions.start_import)


@require_POST
def import_resume(request, slug, pk):
    return _step(request, slug, pk, actions.resume_import)


def _step(request, slug, pk, action):
    job = job_or_404(request, pk)
    try:
        action(job=job, by=request.actor)
    except actions.NotReady:
        messages.warning(request, _("This import has moved on meanwhile; here is how it stands."))
    return redirect("jobs:import_page", slug, pk)


@require_POST
def import_discard(request, slug, pk):
    job = job_or_404(request, pk)
    try:
        actions.discard_import(job=job, by=request.actor)
    except actions.NotReady:
        messages.warning(request, _("This import has moved on meanwhile; here is how it stands."))
        return redirect("jobs:import_page", slug, pk)
    messages.success(request, _("The file was removed; nothing was imported."))
    return redirect("jobs:import_list", slug)


@require_GET
def import_page(request, slug, pk):
    """Progress while it is written, then the result."""
    job = job_or_404(request, pk)
    if job.state == ImportJob.MAPPING:
        return redirect("jobs:import_map", slug, pk)
    if not job.is_confirmed:
        return redirect("jobs:import_preview", slug, pk)
    file = page_file(request, list_files.ROW_RESULTS, lambda: list_files.row_results(job))
    if file is not None:
        return file
    kind = _kind(job)
    issues = list(job.issues.order_by("row", "id")[:SHOWN_ISSUES])
    context = {
        "trail": trail_of(request),
        "job": job,
        "created_by": name_behind(job.created_by),
        "undone_by": name_behind(job.undone_by),
        "kind": kind,
        "steps": steps_of(3 if job.state == ImportJob.WRITING else 4),
        "counts": _counts(job),
        "issues": issues,
        "left": job.issues.count() - len(issues) if len(issues) == SHOWN_ISSUES else 0,
        "list_url": _url_or_none(kind.list_url, slug),
        "files": page_links(request, has_rows=job.state in (ImportJob.DONE, ImportJob.UNDONE)),
        "is_undoable": actions.is_undoable(job),
        "undo_url": reverse("jobs:import_undo", args=[slug, pk]) if job.state == ImportJob.DONE and job.undo else "",
    }
    if job.state == ImportJob.UNDONE:
        context |= undone_rows(job, slug)
    return render(request, "jobs/import_page.html", context | progress_of(job))


@require_GET
def import_progress(request, slug, pk):
    """The progress bar alone, asked for every second; when the work has ended the page itself comes again."""
    job = job_or_404(request, pk)
    context = progress_of(job)
    if not context["is_open"]:
        answer = HttpResponse(status=204)
        if job.state == ImportJob.DONE and job.undo:
            # What an undo would do is what was looked for; nothing is undone before that is confirmed.
            answer["HX-Redirect"] = reverse("jobs:import_undo", args=[slug, pk])
        else:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "jobs/import_progress.html", {"job": job} | context)


@require_GET
def import_errors(request, slug, pk):
    """The refused rows as a file that can be mended and imported again."""
    job = job_or_404(request, pk)
    if job.file_id is None:
        raise Http404
    table = read_import(job).table
    text = error_file(table, job.issues.order_by("row", "id").values_list("row", "column", "message"))
    return download(text, f"{job.name.rsplit('.', 1)[0]}-errors.csv")


def _kind(job: ImportJob) -> ImportKind:
    return actions.kind_of(job)


def _permitted(actor) -> dict[str, ImportKind]:
    return {key: kind for key, kind in import_kinds().items() if actor.has_permission(kind.permission)}


def _url_or_none(name: str, slug: str) -> str | None:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return None


def _counts(job: ImportJob) -> list[dict]:
    # Until a worker begins, these are what the check counted.
    is_written = job.is_confirmed and not (job.state == ImportJob.WRITING and job.done is None)
    labels = {
        "created": _("Created") if is_written else _("To be created"),
        "updated": _("Updated") if is_written else _("To be updated"),
        "unchanged": _("Unchanged"),
        "skipped": _("Left out"),
        "errors": _("Rows with errors"),
    }
    return [{"label": label, "value": formats.number(job.counts.get(key, 0))} for key, label in labels.items()]
