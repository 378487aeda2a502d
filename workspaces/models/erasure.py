from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """That a person or a workspace was erased, without a word of whom. Global: it outlives the workspace, and a restored
    backup is brought up to date by it (`manage.py erasures`).
    """

    CONTACT, MEMBER, WORKSPACE = "contact", "member", "workspace"
    KINDS = [(CONTACT, _("Contact")), (MEMBER, _("Member")), (WORKSPACE, _("Workspace"))]

    kind = models.CharField(max_length=10, choices=KINDS)
    of_workspace = models.UUIDField()
    subject = models.UUIDField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return f"{self.kind} {self.subject}"
