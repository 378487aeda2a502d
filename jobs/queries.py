"""Reads about runs, for pages and the API. All inside the workspace's scope.

What is shown says in `by_name` how they are called who asked for it.
"""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from jobs.models import ImportJob, Run
from workspaces.queries import name_in


def latest_runs(workspace, kind: str, most: int = 20) -> list[Run]:
    """The runs of one kind, newest first."""
    return list(_runs(workspace, kind).latest_first()[:most])


def last_success(workspace, kind: str) -> Run | None:
    """The run of this kind that last ended well."""
    done = _runs(workspace, kind).filter(state=Run.SUCCEEDED)
    return done.order_by("-finished_at", "-id").first()


def run_or_404(workspace, kind: str, pk: UUID) -> Run:
    run = _runs(workspace, kind).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def _runs(workspace, kind: str):
    return Run.objects.filter(workspace=workspace).of_kind(kind).annotate(by_name=name_in("created_by"))


def waiting_imports(workspace) -> QuerySet[ImportJob]:
    """Imports that stand still until somebody decides, the latest first: to be matched, confirmed, or tried again.

    Those whose file was let go of can no longer go on.
    """
    is_undo_checked = Q(state=ImportJob.UNDO_CHECK, run__state=Run.SUCCEEDED)
    has_failed = Q(state__in=ImportJob.OPEN, run__state=Run.FAILED)
    return (
        ImportJob.objects.filter(
            Q(state__in=(ImportJob.MAPPING, ImportJob.CHECKED)) | is_undo_checked | has_failed,
            workspace=workspace,
            file__isnull=False,
        )
        .select_related("run")
        .annotate(by_name=name_in("created_by"))
        .defer("preview", "columns", "mapping", "fixes")
        .order_by("-created_at", "-id")
    )
