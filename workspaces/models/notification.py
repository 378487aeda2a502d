from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class Way(models.TextChoices):
    """How somebody is told: on the page; there and by mail at once; not at all."""

    PAGE = "page", _("In the product")
    MAIL = "mail", _("In the product and by mail at once")
    OFF = "off", _("Off")


class Notification(TenantModel):
    """Something that concerns one member, until they have read it. Written by the action that made it so, in the same
    transaction (`workspaces.actions.notifications.notify`); what it says is said when it is read, in the reader's
    language (`workspaces.notifications`). Without a `subject_id` it is about several things of the kind.
    """

    id = models.BigAutoField(primary_key=True)
    member = TenantKey("workspaces.Membership", models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30)
    actor = models.CharField(max_length=200)
    user = models.ForeignKey("workspaces.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40, blank=True, default="")
    subject_label = models.CharField(max_length=200, blank=True, default="")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("member", name="workspaces_notification_member_fk"),
        ]
        indexes = [
            models.Index(fields=["workspace", "member", "-id"], name="notification_latest"),
            # Counted on every page.
            models.Index(fields=["workspace", "member"], condition=models.Q(read_at=None), name="notification_unread"),
            models.Index(fields=["workspace", "created_at"], name="notification_by_age"),
        ]


class NotificationChoice(TenantModel):
    """How a member wants to be told of a kind of thing, where they do not want it as usual."""

    id = models.BigAutoField(primary_key=True)
    member = TenantKey("workspaces.Membership", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    way = models.CharField(max_length=4, choices=Way)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("member", name="workspaces_notificationchoice_member_fk"),
            models.UniqueConstraint(fields=["workspace", "member", "kind"], name="workspaces_notificationchoice_once"),
        ]
