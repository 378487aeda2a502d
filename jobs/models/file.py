from django.db import models

from workspaces.tenancy import LinkedTenantModel


class File(LinkedTenantModel):
    """A file that someone gave us, kept as bytes in the database so that a worker on another machine reads the same.

    Kept until `expires_at`, long enough to look again at what an import did.
    """

    name = models.CharField(max_length=255)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(db_default=models.functions.Now())
    expires_at = models.DateTimeField()

    class Meta(LinkedTenantModel.Meta):
        constraints = [*LinkedTenantModel.Meta.constraints]
        indexes = [models.Index(fields=["workspace", "expires_at"], name="file_by_expiry")]

    def __str__(self):
        return self.name
