import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces import roles
from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class SharedPage(models.TextChoices):
    OVERVIEW = "overview", _("Overview")
    BREAKDOWN = "breakdown", _("Breakdown")
    COHORTS = "cohorts", _("Cohorts")
    UNIT_ECONOMICS = "unit_economics", _("Unit economics")
    RENEWAL_RATES = "renewal_rates", _("Renewal rate")
    FORECAST = "renewal_forecast", _("Forecast")
    DASHBOARD = "dashboard", _("Own dashboard")


class SharedLink(LinkedTenantModel):
    """A dashboard with its slice, for whoever holds the link: read only, without a sign-in, until it expires or is revoked.
    The link's secret is known to nobody afterwards: only its hash is kept. Of a dashboard that somebody arranged it keeps
    the parts as they were: what is added later is not shown.
    """

    title = models.CharField(_("title"), max_length=100)
    page = models.CharField(_("dashboard"), max_length=20, choices=SharedPage)
    # The page's own address, which says period, comparison and slice; and nothing else that a holder could change.
    query = models.CharField(max_length=2000, blank=True, default="")
    dashboard = TenantKey("metrics.Dashboard", models.SET_NULL, null=True, related_name="+")
    parts = models.JSONField(default=list)
    shows_names = models.BooleanField(_("shows names"), default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=200, blank=True, default="")
    created_by = TenantKey("workspaces.Membership", models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=models.functions.Now())
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("created_by", name="metrics_sharedlink_created_by_fk"),
            TenantForeignKey("dashboard", name="metrics_sharedlink_dashboard_fk"),
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="shared_link_latest")]

    def __str__(self):
        return self.title

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether it shows anything: also only while the workspace permits such links, and whoever made it may still take
        figures along and, of a dashboard that somebody arranged, see it.
        """
        is_permitted = self.workspace.allows_public_links and self.created_by.has_permission(roles.EXPORT)
        return self.revoked_at is None and self.expires_at > at and is_permitted and self._is_seen_by_its_maker()

    def _is_seen_by_its_maker(self) -> bool:
        if self.page != SharedPage.DASHBOARD:
            return True
        seen = self.dashboard
        return seen is not None and (seen.is_shared or seen.owner_id == self.created_by_id)
