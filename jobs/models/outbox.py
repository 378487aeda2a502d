from django.db import models

from workspaces.tenancy import LinkedTenantModel


class Outbox(LinkedTenantModel):
    """A mail that must leave, written in the transaction of what it tells about: either both happen or neither.

    Sent by a task while its row is locked, so that one sender at a time holds it and a killed one lets go by dying.
    """

    PENDING, SENT, FAILED = "pending", "sent", "failed"
    STATES = [(PENDING, PENDING), (SENT, SENT), (FAILED, FAILED)]

    # What the mail is about; a second mail about the same thing is not made.
    key = models.CharField(max_length=200)
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    # Emptied once sent: it may hold an invitation's secret link.
    body = models.TextField(blank=True)
    # The same in HTML, where there is such a form of it, and headers beyond the usual ones; emptied likewise.
    html = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=models.functions.Now())
    created_at = models.DateTimeField(db_default=models.functions.Now())
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "key"], name="jobs_outbox_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "due_at"], condition=models.Q(state="pending"), name="outbox_pending")
        ]

    def __str__(self):
        return self.key
