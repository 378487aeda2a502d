from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class Dashboard(LinkedTenantModel):
    """Tiles and charts that somebody arranged, under a name: for themselves or, shared, for everybody. What period and
    part of the book it shows stands in its address, so that one arrangement serves all of them.
    """

    name = models.CharField(_("name"), max_length=60)
    owner = TenantKey("workspaces.Membership", models.CASCADE, related_name="+")
    is_shared = models.BooleanField(_("shared"), default=False)
    # In their order: [{id, kind, key, size}], see metrics.dashboards.parts.
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("owner", name="metrics_dashboard_owner_fk"),
        ]

    def __str__(self):
        return self.name


class StartPage(LinkedTenantModel):
    """Where a workspace opens for a member after signing in, and with which of the dashboards "Dashboards" opens."""

    class Opens(models.TextChoices):
        OVERVIEW = "overview", _("Overview")
        MY_DAY = "my_day", _("My day")
        DASHBOARD = "dashboard", _("My dashboard")

    member = TenantKey("workspaces.Membership", models.CASCADE, related_name="+")
    opens = models.CharField(_("opens with"), max_length=10, choices=Opens, default=Opens.OVERVIEW)
    dashboard = TenantKey(Dashboard, models.SET_NULL, null=True, related_name="+")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("member", name="metrics_startpage_member_fk"),
            TenantForeignKey("dashboard", name="metrics_startpage_dashboard_fk"),
            models.UniqueConstraint(fields=["workspace", "member"], name="metrics_startpage_once"),
        ]

    def __str__(self):
        return self.opens
