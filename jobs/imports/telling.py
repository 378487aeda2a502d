"""Telling whoever brought a file how far it got without them."""

from jobs.models import ImportJob, Run
from workspaces.actions.notifications import member_of, notify
from workspaces.actor import system_actor

OUTCOMES = {
    ImportJob.CHECKED: "checked",
    ImportJob.DONE: "done",
    ImportJob.UNDO_CHECK: "undo_checked",
    ImportJob.UNDONE: "undone",
}


def tell_ended(run: Run, *, state: str, error: dict | None) -> None:
    """A worker has checked, written or undone a file, or stopped at it. Nobody is told of a file that was discarded."""
    job = ImportJob.objects.filter(workspace=run.workspace, pk=run.params["job"]).defer("preview", "columns").first()
    if job is None:
        return
    outcome = "failed" if state == Run.FAILED else OUTCOMES.get(job.state, "")
    if outcome:
        notify(
            workspace=run.workspace,
            kind="import_ended",
            members=member_of(run.workspace, run.user_id),
            by=system_actor("task"),
            subject_type="importjob",
            subject_id=job.pk,
            label=job.name,
            details={"outcome": outcome, "error": error, "counts": job.counts if outcome == "done" else {}},
        )
