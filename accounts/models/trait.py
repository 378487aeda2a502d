from django.contrib.postgres.fields import ArrayField
from django.db import models

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class AccountTrait(TenantModel):
    """A tag or a custom field's value that an account has now, as a row: an index of `Account.tags` and `Account.custom`.

    Neither `@>` on an array nor `->>` on JSON is leakproof, so that neither may use an index under row-level security;
    text that equals text may. `accounts.actions.traits` alone writes it, with the account itself.
    """

    id = models.BigAutoField(primary_key=True)
    account = TenantKey("accounts.Account", models.CASCADE, related_name="traits")
    dimension = models.CharField(max_length=60)
    value = models.CharField(max_length=500)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("account", name="accounts_trait_account_fk"),
            # Also what a list asks of each of its rows, when most of them match.
            models.UniqueConstraint(fields=["workspace", "account", "dimension", "value"], name="accounts_trait_once"),
        ]
        # What a list begins with, when few match; choices of a filter hop from value to value through it.
        indexes = [models.Index(fields=["workspace", "dimension", "value", "account"], name="account_trait_by_value")]


class TraitChange(TenantModel):
    """A day on which something that accounts are sliced by became another: sparse history, written by the account's action.

    `before` holds the values until the day before, never none: the first value that was ever known counts for the whole
    past. What an account was on a day is `before` of its earliest change after that day, else what it is now.
    Owners stand as membership ids, sizes as bands, custom fields as stored (docs/decisions/0022).
    """

    id = models.BigAutoField(primary_key=True)
    account = TenantKey("accounts.Account", models.CASCADE, related_name="trait_changes")
    dimension = models.CharField(max_length=60)
    changed_on = models.DateField()
    before = ArrayField(models.CharField(max_length=500))

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("account", name="accounts_trait_change_account_fk"),
            # Of several changes on one day the first says what was before.
            models.UniqueConstraint(
                fields=["workspace", "account", "dimension", "changed_on"], name="accounts_trait_change_once_a_day"
            ),
            models.CheckConstraint(condition=~models.Q(before=[]), name="accounts_trait_change_from_something"),
        ]
        indexes = [models.Index(fields=["workspace", "dimension", "changed_on"], name="trait_change_by_day")]
