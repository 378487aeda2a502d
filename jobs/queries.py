"""Reads about runs, for pages and the API. All inside the workspace's scope."""

from uuid import UUID

from django.http import Http404

from jobs.models import Run


def latest_runs(workspace, kind: str, most: int = 20) -> list[Run]:
    """The runs of one kind, newest first."""
    return list(Run.objects.filter(workspace=workspace).of_kind(kind).latest_first()[:most])


def last_success(workspace, kind: str) -> Run | None:
    """The run of this kind that last ended well."""
    done = Run.objects.filter(workspace=workspace, state=Run.SUCCEEDED).of_kind(kind)
    return done.order_by("-finished_at", "-id").first()


def run_or_404(workspace, kind: str, pk: UUID) -> Run:
    run = Run.objects.filter(workspace=workspace, pk=pk).of_kind(kind).first()
    if run is None:
        raise Http404
    return run
