from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import UUID7
from django.utils.translation import gettext_lazy as _


class Workspace(models.Model):
    """A tenant: one company that runs its customer operations here. Global, so that a URL's slug can be resolved
    before any scope exists; it holds nothing that a stranger may not learn but the name, and pages check membership.
    """

    LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    slug = models.CharField(
        _("address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{1,39}$", _("Lower-case letters, digits and hyphens."))],
    )
    name = models.CharField(_("company name"), max_length=200)
    base_currency = models.CharField(_("currency"), max_length=3, default="CNY")
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="zh-hans")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("fiscal year begins in"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    requires_two_step = models.BooleanField(_("two-step sign-in required"), default=False)
    allows_public_links = models.BooleanField(_("public links allowed"), default=True)
    is_demo = models.BooleanField(default=False)
    # Whether the checklist of what to do first stands in the sidebar.
    is_guided = models.BooleanField(default=True)
    # When all of it is erased, if nobody calls that back.
    erase_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def local_day(self, at):
        """The local date of an aware instant, in the workspace's time zone."""
        return at.astimezone(self.zone).date()
