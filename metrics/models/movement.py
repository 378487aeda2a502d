from typing import ClassVar

from django.db import models

from metrics.models.account_day import AccountDay


class MovementManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(kind__isnull=False)


class Movement(AccountDay):
    """How an account's balance changed on a day, net of everything that happened that day, in base currency at that
    day's rates. It is the same row as the account day that it began: an account moves at most once a day, so account
    and day are its key. The rows behind it are the line spans that begin on the day or ended the day before.
    """

    objects: ClassVar[MovementManager] = MovementManager()

    class Meta:
        proxy = True

    def __str__(self):
        return f"{self.kind} {self.amount} on {self.day}"

    @staticmethod
    def public_id_of(account_id, day) -> str:
        """The name of a movement to the outside: it stays the same however often the figures are rebuilt."""
        return f"{account_id}:{day.isoformat()}"

    @property
    def public_id(self) -> str:
        return self.public_id_of(self.account_id, self.day)
