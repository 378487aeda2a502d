from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel


class RunQuerySet(models.QuerySet):
    def of_kind(self, kind: str):
        return self.filter(kind=kind)

    def open(self):
        """Waiting or being worked on."""
        return self.filter(state__in=Run.OPEN)

    def latest_first(self):
        return self.order_by("-created_at", "-id")


class Run(LinkedTenantModel):
    """One piece of work that outlives the request that asked for it: a closing, an import.

    Celery only delivers; this row remembers. Whoever holds the lease works on it, `attempt` counts the holders, and a
    worker whose attempt was superseded cannot commit (`jobs.runs.RunContext.guard`).
    """

    QUEUED, RUNNING, SUCCEEDED, FAILED = "queued", "running", "succeeded", "failed"
    STATES = [
        (QUEUED, _("Waiting")),
        (RUNNING, _("Running")),
        (SUCCEEDED, _("Done")),
        (FAILED, _("Failed")),
    ]
    OPEN = (QUEUED, RUNNING)
    FAST, SLOW = "fast", "slow"
    QUEUES = [(FAST, FAST), (SLOW, SLOW)]

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    # The local date of work that the night asks for: one per kind and date, ever, whatever beats and clocks do.
    local_date = models.DateField(null=True)
    queue = models.CharField(max_length=10, choices=QUEUES, default=SLOW)
    params = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=QUEUED)
    progress = models.DecimalField(_("progress"), max_digits=5, decimal_places=4, default=0)
    # The English text, as it is marked for translation, and what fills its placeholders.
    message = models.CharField(max_length=300, blank=True, default="")
    message_params = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    # Attempts in a row that ended without committing a step: what gives up is work that does not move.
    idle_attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=models.functions.Now())
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=200)
    door = models.CharField(max_length=10)
    user = models.ForeignKey("workspaces.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    api_key_id = models.UUIDField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "kind", "key"],
                condition=models.Q(state__in=["queued", "running"]),
                name="jobs_run_open_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "kind", "local_date"],
                condition=models.Q(local_date__isnull=False),
                name="jobs_run_once_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0) & models.Q(progress__lte=1), name="jobs_run_progress"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | models.Q(error__isnull=False), name="jobs_run_failed_says_why"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "kind", "-created_at"], name="run_latest_of_kind")]

    def __str__(self):
        return f"{self.kind} {self.key}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int:
        """Progress as whole percent; 100 only when it is done."""
        return 100 if self.state == self.SUCCEEDED else min(99, int(self.progress * 100))

    @property
    def message_text(self) -> str:
        """The progress message in the reader's language."""
        return gettext(self.message) % self.message_params if self.message else ""

    @property
    def error_text(self) -> str:
        """Why it failed, in the reader's language; empty unless it did."""
        return gettext(self.error["message"]) % self.error if self.error else ""
