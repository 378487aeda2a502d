from django.db import models

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey, TenantModel


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


class FilePart(TenantModel):
    """A piece of a file that is too large to be held at once; its `content` is then empty."""

    id = models.BigAutoField(primary_key=True)
    file = TenantKey(File, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("file", name="jobs_part_file_fk"),
            models.UniqueConstraint(fields=["workspace", "file", "position"], name="jobs_part_once"),
        ]
