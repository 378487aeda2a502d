from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.locked import LockedText, Unreadable
from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey

# What its secrets are locked for (workspaces.locked).
PURPOSE = "webhooks"


class DisabledReason(models.TextChoices):
    BY_HAND = "by_hand", _("Disabled by hand")
    GONE = "gone", _("The receiver answered 410 Gone")
    FAILING = "failing", _("Several events in a row were given up")
    KEY_CLOSED = "key_closed", _("The API key that made it was revoked or has expired")


class WebhookQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def of_systems(self):
        """Those that tell a system of somebody's what happened, and no chat."""
        return self.filter(vendor="")

    def of_chats(self):
        """Group robots."""
        return self.exclude(vendor="")


class Webhook(LinkedTenantModel):
    """An address of somebody else's system that is told what happens here, signed with a secret that both know.

    Address and secrets stand locked: a signature needs the secret again, and an address may hold what opens the receiver's
    door. Removing keeps the row until its log has expired:
    a write that is just telling it something must not fail for that.
    """

    # Of a group robot: whose chat it stands in (jobs.webhooks.robots.Vendor). Its secret is the vendor's, or empty.
    vendor = models.CharField(max_length=10, blank=True, default="")
    url = LockedText(_("address"), max_length=2000, purpose=PURPOSE)
    description = models.CharField(_("description"), max_length=200, blank=True, default="")
    # Types and patterns: `account.created`, `account.*`, `*`.
    events = ArrayField(models.CharField(max_length=60))
    secret = LockedText(max_length=100, purpose=PURPOSE)
    # After a change of secret the one before signs along until then, so that the receiver can change over.
    old_secret = LockedText(max_length=100, blank=True, default="", purpose=PURPOSE)
    old_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=20, choices=DisabledReason, blank=True, default="")
    # Attempts that failed since the last one that went well, and deliveries that were given up since then.
    failures = models.PositiveIntegerField(default=0)
    given_up = models.PositiveIntegerField(default=0)
    # A receiver that does not answer well is left alone until then, whatever is due.
    resting_until = models.DateTimeField(null=True)
    # What a key made it may manage, and lives no longer than the key.
    api_key = TenantKey("workspaces.ApiKey", models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())
    created_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("api_key", name="jobs_webhook_api_key_fk"),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(is_active=False, secret="", old_secret=""),
                name="jobs_webhook_removed_is_silent",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "id"], condition=models.Q(is_active=True), name="webhook_active")]

    def __str__(self):
        return self.description or self.shown_url

    @property
    def shown_url(self) -> str:
        """The address for those who may not manage it: path and query may hold what opens the receiver's door."""
        if not self.url:
            return "…"
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/…"

    @property
    def is_readable(self) -> bool:
        """False when SECRET_KEY is another one than when its address and secret were entered."""
        return not isinstance(self.url, Unreadable) and not isinstance(self.secret, Unreadable)

    def secrets_at(self, at) -> list[str]:
        """What signs at the instant `at`, the present secret first."""
        is_old_good = self.old_secret and self.old_secret_until is not None and at < self.old_secret_until
        return [self.secret, self.old_secret] if is_old_good else [self.secret]


class WebhookEvent(LinkedTenantModel):
    """Something that happened, as it is told: `body` is the text that is signed and sent, the same at every attempt.

    Its id is the message's (`webhook-id`). Written in the transaction of what it tells about, and only when somebody
    wants to know.
    """

    type = models.CharField(_("event"), max_length=60)
    # The id of what it is about, as the API knows it; empty for events about many things.
    subject = models.CharField(max_length=100, blank=True, default="")
    body = models.TextField()
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(LinkedTenantModel.Meta):
        constraints = [*LinkedTenantModel.Meta.constraints]
        indexes = [models.Index(fields=["workspace", "created_at"], name="webhook_event_by_age")]

    def __str__(self):
        return f"{self.type} {self.subject}".strip()


class WebhookDelivery(LinkedTenantModel):
    """One event on its way to one webhook. Whoever claimed it sends it (jobs.webhooks.delivery); Celery only pokes.

    `claim` counts the claimers: one whose claim was superseded writes nothing. `log` holds the latest attempts, oldest
    first, as {at, took_ms, status, error, answer, timestamp, signature}.
    """

    PENDING, DELIVERED, FAILED, DISABLED = "pending", "delivered", "failed", "disabled"
    STATES = [
        (PENDING, _("Waiting")),
        (DELIVERED, _("Delivered")),
        (FAILED, _("Given up")),
        (DISABLED, _("Not sent")),
    ]
    UNDELIVERED = (FAILED, DISABLED)

    # The log is let go by statements of its own, deliveries first (jobs.webhooks.retention): nothing to be collected.
    webhook = TenantKey(Webhook, models.DO_NOTHING, related_name="deliveries")
    event = TenantKey(WebhookEvent, models.DO_NOTHING, related_name="deliveries")
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.PositiveIntegerField(default=0)
    # While it is being sent: when whoever sends it is taken for dead.
    due_at = models.DateTimeField(db_default=models.functions.Now())
    # Of the last attempt. No status: nothing was answered, and `error` says why (jobs.webhooks.sending).
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=20, blank=True, default="")
    took_ms = models.PositiveIntegerField(null=True)
    attempted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    log = models.JSONField(default=list)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("webhook", name="jobs_delivery_webhook_fk"),
            TenantForeignKey("event", name="jobs_delivery_event_fk"),
            models.UniqueConstraint(fields=["workspace", "event", "webhook"], name="jobs_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "webhook", "due_at"],
                condition=models.Q(state="pending"),
                name="delivery_pending",
            ),
            models.Index(fields=["workspace", "webhook", "id"], name="delivery_log"),
        ]

    def __str__(self):
        return str(self.event)

    @property
    def next_attempt_at(self):
        """When it is tried next, None when it is not; a receiver that rests is not asked before."""
        if self.state != self.PENDING:
            return None
        return max(self.due_at, self.webhook.resting_until or self.due_at)
