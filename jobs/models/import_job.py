from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey, TenantModel


class ImportJob(LinkedTenantModel):
    """A file on its way into the workspace: mapped, checked without writing, confirmed, written, and perhaps undone.

    The file is read again at each step from its bytes; what the pages need of it in between stands here as JSON:
    `columns` (jobs.imports.mapping.Profile), `mapping` (jobs.imports.mapping.Mapping), `preview` (jobs.imports.preview),
    `fixes` (jobs.imports.fixing): cells that were mended on the page.
    `done` counts the entries that are written or refused, in their order, and moves in the transaction that wrote them,
    so that a killed import goes on where it stopped. It is null before the writing began. `plan` says which entries in which
    order that counts (jobs.imports.resuming), because whoever goes on may read the file otherwise.
    `undo` counts what an undo would do, or did, by `workspaces.batch.TakenBack.STATUSES`; empty before it was looked at.
    """

    MAPPING, CHECKING, CHECKED, WRITING, DONE = "mapping", "checking", "checked", "writing", "done"
    UNDO_CHECK, UNDOING, UNDONE = "undo_check", "undoing", "undone"
    STATES = [
        (MAPPING, _("Columns to be matched")),
        (CHECKING, _("Being checked")),
        (CHECKED, _("Waiting for confirmation")),
        (WRITING, _("Being imported")),
        (DONE, _("Imported")),
        (UNDO_CHECK, _("Undo being checked")),
        (UNDOING, _("Being undone")),
        (UNDONE, _("Undone")),
    ]
    # A worker is at it, or should be.
    OPEN = (CHECKING, WRITING, UNDO_CHECK, UNDOING)

    kind = models.CharField(max_length=40)
    file = TenantKey("jobs.File", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)
    # Messages about the file are written in the language of whoever brought it.
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=MAPPING)
    row_count = models.PositiveIntegerField()
    columns = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    fixes = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))
    preview = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    done = models.PositiveIntegerField(null=True)
    plan = models.CharField(max_length=64, blank=True, default="", db_default="")
    run = TenantKey("jobs.Run", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=models.functions.Now())
    created_by = models.CharField(max_length=200)
    # Who brought it, where it was a person; a name in `created_by` can change hands.
    user = models.ForeignKey("workspaces.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True)
    undo = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("file", name="jobs_import_file_fk"),
            TenantForeignKey("run", name="jobs_import_run_fk"),
        ]
        indexes = [models.Index(fields=["workspace", "-created_at"], name="import_latest")]

    def __str__(self):
        return self.name

    @property
    def is_confirmed(self) -> bool:
        """From here on rows may have been written; the mapping can no longer change."""
        return self.state not in (self.MAPPING, self.CHECKING, self.CHECKED)


class ImportIssue(TenantModel):
    """Something wrong in one row of an imported file: found by the check, replaced by what the writing found.

    `row` is the number that a spreadsheet shows; `field` a field of the kind, empty for the row as a whole.
    """

    id = models.BigAutoField(primary_key=True)
    job = TenantKey(ImportJob, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=60, blank=True, default="")
    column = models.CharField(max_length=200, blank=True, default="")
    message = models.CharField(max_length=500)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("job", name="jobs_issue_job_fk")]
        indexes = [models.Index(fields=["workspace", "job", "row"], name="issue_by_row")]


class ImportedRow(TenantModel):
    """One thing that an import wrote, and exactly what it was before and after: the ground of its undo.

    `batch` tells what was written in one transaction, `row` where it stands in the file (0: made beside the rows, as the
    products that contracts name). Kept as long as the file. `outcome` and `reason` are those of `TakenBack`.
    """

    id = models.BigAutoField(primary_key=True)
    job = TenantKey(ImportJob, models.CASCADE, related_name="written")
    batch = models.PositiveIntegerField()
    row = models.PositiveIntegerField()
    verb = models.CharField(max_length=10)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    outcome = models.CharField(max_length=10, blank=True, default="", db_default="")
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("job", name="jobs_imported_row_job_fk")]
        indexes = [models.Index(fields=["workspace", "job", "row"], name="imported_row_by_row")]
