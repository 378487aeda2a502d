from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact, FactQuerySet
from workspaces.tenancy import TenantForeignKey, TenantKey


class AccountQuerySet(FactQuerySet):
    def of_standing(self, standing: str):
        """Accounts of one standing, as `Account.standing` tells it of one."""
        if standing == "prospect":
            return self.filter(customer_since__isnull=True)
        return self.filter(customer_since__isnull=False, churned_on__isnull=standing == "paying")

    def in_use(self):
        """Accounts that were not archived, and those that pay all the same."""
        return self.filter(
            models.Q(is_archived=False) | models.Q(customer_since__isnull=False, churned_on__isnull=True)
        )

    def owned_by(self, membership):
        return self.filter(owner=membership)


class Account(Fact):
    """A customer company; never a login. What it is called, where it belongs, who serves it.

    The columns under "published by the night" are figures: `metrics` writes them once per closing, nothing else does.
    """

    name = models.CharField(_("name"), max_length=200)
    # Follow from the names (accounts.spelling): what lists are sorted by, and what is found by letters alone.
    sort_name = models.TextField(blank=True, default="", db_default="", db_collation="C", editable=False)
    spelling = models.TextField(blank=True, default="", db_default="", editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True, default="")
    short_name = models.CharField(_("short name"), max_length=100, blank=True, default="")
    former_names = ArrayField(
        models.CharField(max_length=200), verbose_name=_("former names"), default=list, blank=True
    )
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True, default="")
    industry = models.CharField(_("industry"), max_length=100, blank=True, default="")
    region = models.CharField(_("region"), max_length=100, blank=True, default="")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    # The name of the channel that the account came through, matched to those that money is spent on.
    channel = models.CharField(_("channel of origin"), max_length=100, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=50), verbose_name=_("tags"), default=list, blank=True)
    # {key of a custom field: its value as text}; `accounts.custom_values` says how each kind is written.
    custom = models.JSONField(default=dict, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    # Out of the list until it is asked or searched for; no figure knows of it.
    is_archived = models.BooleanField(_("archived"), default=False, db_default=False)
    owner = TenantKey(
        "workspaces.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("owner"),
    )
    # The account that it belongs under. Nothing is ever above itself: `accounts.actions.families` sees to that.
    parent = TenantKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("parent account"),
    )

    # Published by the night (metrics.nightly.publish): the last closed day's figures, for lists to sort and show.
    mrr_cents = models.BigIntegerField(default=0)
    customer_since = models.DateField(null=True)
    churned_on = models.DateField(null=True)
    renewal_on = models.DateField(null=True)

    objects: ClassVar[models.Manager] = AccountQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "credit_code"],
                condition=models.Q(voided_at__isnull=True) & ~models.Q(credit_code=""),
                name="accounts_account_credit_code",
            ),
            TenantForeignKey("owner", name="accounts_account_owner_fk"),
            TenantForeignKey("parent", name="accounts_account_parent_fk"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="accounts_account_not_under_itself"
            ),
        ]
        indexes = [
            # For clients that ask for what changed since they asked last.
            models.Index(fields=["workspace", "updated_at", "id"], name="account_by_update"),
            # A list pages by keyset over (value, id), whichever column it is sorted by.
            models.Index(fields=["workspace", "name", "id"], name="account_by_name"),
            models.Index(fields=["workspace", "sort_name", "id"], name="account_by_sort_name"),
            models.Index(fields=["workspace", "mrr_cents", "id"], name="account_by_mrr"),
            models.Index(fields=["workspace", "customer_since", "id"], name="account_by_customer_since"),
            models.Index(fields=["workspace", "renewal_on", "id"], name="account_by_renewal"),
            models.Index(fields=["workspace", "owner"], name="account_by_owner"),
            models.Index(
                fields=["workspace", "parent", "id"],
                condition=models.Q(parent__isnull=False),
                name="account_by_parent",
            ),
            # Every page asks whether the demo is still there.
            models.Index(fields=["workspace"], condition=models.Q(is_demo=True), name="account_of_demo"),
            # The choices of a filter are found by hopping from value to value through these.
            models.Index(fields=["workspace", "industry", "id"], name="account_by_industry"),
            models.Index(fields=["workspace", "region", "id"], name="account_by_region"),
            models.Index(fields=["workspace", "channel", "id"], name="account_by_channel"),
            models.Index(fields=["workspace", "employees", "id"], name="account_by_employees"),
        ]

    def __str__(self):
        return self.name

    @property
    def mrr(self) -> Decimal:
        """Monthly recurring revenue on the last closed day, in the workspace's base currency."""
        return Decimal(self.mrr_cents).scaleb(-2)

    @property
    def standing(self) -> str:
        """``paying``, ``churned`` or ``prospect`` (never paid), as of the last closed day."""
        if self.customer_since is None:
            return "prospect"
        # A balance in a foreign currency may come to nothing in the base currency and is paid all the same.
        return "churned" if self.churned_on else "paying"
