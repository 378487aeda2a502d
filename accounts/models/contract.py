from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact
from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class ContractKind(models.TextChoices):
    SUBSCRIPTION = "subscription", _("Subscription")
    PROJECT = "project", _("Project")
    COMMISSION = "commission", _("Commission")
    USAGE = "usage", _("Usage")


class Settlement(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    PREPAID = "prepaid", _("Prepaid")
    BY_SCHEDULE = "by_schedule", _("By schedule")


class EndReason(models.TextChoices):
    """Why a customer left or a contract ended."""

    PRICE = "price", _("Price")
    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")
    COMPETITOR = "competitor", _("Competitor")
    BUDGET = "budget", _("Budget")
    BUSINESS_CLOSED = "business_closed", _("Business closed")
    NOT_USED = "not_used", _("Not used")
    REPLACED = "replaced", _("Replaced by another contract")
    OTHER = "other", _("Other")


class Interval(models.TextChoices):
    """What a line's amount is for. `TERM`: the whole written window of the line, a contract total."""

    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF_YEAR = "half_year", _("Half a year")
    YEAR = "year", _("Year")
    TERM = "term", _("Whole term")


class Contract(Fact):
    """What an account signed. First and last day of service are both inclusive, as contracts are written."""

    account = TenantKey("accounts.Account", models.CASCADE, related_name="contracts", verbose_name=_("account"))
    number = models.CharField(_("number"), max_length=100, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=12, choices=ContractKind, default=ContractKind.SUBSCRIPTION)
    currency = models.CharField(_("currency"), max_length=3)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    auto_renew = models.BooleanField(_("renews itself"), default=False)
    cancelled_on = models.DateField(_("notice given on"), null=True, blank=True)
    renews = TenantKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="successors", verbose_name=_("renews")
    )
    tax_included = models.BooleanField(_("tax included"), default=False)
    tax_rate_percent = models.DecimalField(
        _("tax rate, percent"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    settlement = models.CharField(_("settlement"), max_length=12, choices=Settlement, blank=True, default="")
    end_reason = models.CharField(_("end reason"), max_length=20, choices=EndReason, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            TenantForeignKey("account", name="accounts_contract_account_fk"),
            TenantForeignKey("renews", name="accounts_contract_renews_fk"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="accounts_contract_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_on__isnull=True) | models.Q(ends_on__isnull=False),
                name="accounts_contract_notice_needs_end",
            ),
            models.CheckConstraint(
                condition=models.Q(renews__isnull=True) | ~models.Q(renews=models.F("id")),
                name="accounts_contract_not_own_successor",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "updated_at", "id"], name="contract_by_update"),
            models.Index(fields=["workspace", "account", "starts_on"], name="contract_by_account"),
            models.Index(fields=["workspace", "renews"], name="contract_by_predecessor"),
            models.Index(fields=["workspace", "starts_on", "id"], name="contract_by_start"),
            models.Index(fields=["workspace", "ends_on", "id"], name="contract_by_end"),
        ]

    def __str__(self):
        return self.called or gettext("Unnumbered contract")

    @property
    def called(self) -> str:
        """Its number, or how integrations know it, as the trail keeps it; "" for neither."""
        return self.number or self.external_id or ""


class ContractLine(TenantModel):
    """One product on a contract. A contract's lines are written together with it, as a whole, by the same actions."""

    id = models.BigAutoField(primary_key=True)
    contract = TenantKey(Contract, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = TenantKey("accounts.Product", models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=1)
    unit_amount = models.DecimalField(_("unit amount"), max_digits=18, decimal_places=6)
    interval = models.CharField(_("amount is for"), max_length=10, choices=Interval)
    interval_months = models.PositiveSmallIntegerField(_("months the amount is for"), null=True, blank=True)
    discount_percent = models.DecimalField(_("discount, percent"), max_digits=9, decimal_places=6, default=0)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("contract", name="accounts_line_contract_fk"),
            TenantForeignKey("product", name="accounts_line_product_fk"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="accounts_line_quantity"),
            models.CheckConstraint(condition=models.Q(unit_amount__gte=0), name="accounts_line_amount"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0) & models.Q(discount_percent__lte=100),
                name="accounts_line_discount",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "contract", "position"], name="line_by_contract")]
