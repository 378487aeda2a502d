import datetime as dt

from django.db import models

from workspaces.locked import LockedBytes
from workspaces.tenancy import TenantModel


class IdempotencyKey(TenantModel):
    """The answer that a write already got, kept for a day, so that a client may repeat it safely. It stands locked: that of
    a new webhook says its secret.
    """

    KEPT = dt.timedelta(hours=24)

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = LockedBytes(purpose="answers")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "key"], name="workspaces_idempotency_key_once"),
        ]
