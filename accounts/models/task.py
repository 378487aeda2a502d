from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact, FactQuerySet
from workspaces.tenancy import TenantForeignKey, TenantKey


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")


class TaskQuerySet(FactQuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)

    def done(self):
        return self.filter(done_at__isnull=False)

    def assigned_to(self, membership):
        return self.filter(assignee=membership)


class Task(Fact):
    """Something that somebody is to do by a day, for an account or for none."""

    account = TenantKey(
        "accounts.Account", models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("account")
    )
    title = models.CharField(_("task"), max_length=200)
    note = models.TextField(_("note"), blank=True, default="")
    due_on = models.DateField(_("due"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    assignee = TenantKey(
        "workspaces.Membership", models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("for")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    created_by = TenantKey(
        "workspaces.Membership", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )

    objects: ClassVar[models.Manager] = TaskQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            TenantForeignKey("account", name="accounts_task_account_fk"),
            TenantForeignKey("assignee", name="accounts_task_assignee_fk"),
            TenantForeignKey("created_by", name="accounts_task_created_by_fk"),
        ]
        indexes = [
            models.Index(fields=["workspace", "account"], name="task_by_account"),
            models.Index(fields=["workspace", "assignee", "due_on", "id"], name="task_by_assignee"),
            models.Index(fields=["workspace", "due_on", "id"], name="task_by_due"),
            models.Index(fields=["workspace", "updated_at", "id"], name="task_by_update"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
