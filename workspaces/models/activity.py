from django.db import models

from workspaces.tenancy import TenantModel


class Activity(TenantModel):
    """One write: who, what, before → after, through which door. Written by actions, never edited."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    door = models.CharField(max_length=10)
    actor = models.CharField(max_length=200)
    user = models.ForeignKey("workspaces.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    api_key_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "subject_type", "subject_id", "-id"], name="activity_of_subject"),
            models.Index(fields=["workspace", "-id"], name="activity_latest"),
        ]
