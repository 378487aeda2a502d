"""What has to be read again and yet must not stand readable in the database: locked by a key that comes of SECRET_KEY.

The first key locks and every one of SECRET_KEY_FALLBACKS opens, so that a key can be changed (docs/operations.md).
"""

import base64
from functools import lru_cache
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

log = structlog.get_logger(__name__)


def lock(text: str, *, purpose: str) -> str:
    return _locks(purpose).encrypt(text.encode()).decode()


def unlock(locked: str, *, purpose: str) -> str:
    """Raises InvalidToken when no key of today's opens it."""
    return _locks(purpose).decrypt(locked.encode()).decode()


def lock_anew(locked: str, *, purpose: str) -> str:
    """What any key opens, locked by the present one. Raises InvalidToken."""
    return _locks(purpose).rotate(locked.encode()).decode()


def _locks(purpose: str) -> MultiFernet:
    return _locks_of(purpose, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=16)
def _locks_of(purpose: str, keys: tuple[str, ...]) -> MultiFernet:
    """One key for each purpose: what is locked for one is no use in the place of another."""
    return MultiFernet([_lock(key, f"b2bops {purpose}".encode()) for key in keys])


def _lock(secret_key: str, info: bytes) -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


class Unreadable(str):
    """Stands where no key opens what is kept: empty to whoever reads it, and written back as it was."""

    __slots__ = ("locked",)
    locked: str

    @classmethod
    def keeping(cls, locked: str) -> "Unreadable":
        made = cls()
        made.locked = locked
        return made


class _Locked:
    """A column of what is locked; `purpose` as in `lock`."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any):
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]  # a field's
        return name, path, args, kwargs | {"purpose": self.purpose}

    def from_db_value(self, value, expression, connection):
        return self.opened(value)

    def opened(self, value):
        raise NotImplementedError


class LockedText(_Locked, models.TextField):
    """A text that stands locked in its column and open on the row. An empty one stands empty, which the database may ask
    for; nothing else of it can be looked for.
    """

    def opened(self, value: str | None) -> str | None:
        """The text of what stands in the column."""
        if not value:
            return value
        try:
            return unlock(value, purpose=self.purpose)
        except InvalidToken:
            log.error("locked_text_unreadable", purpose=self.purpose)
            return Unreadable.keeping(value)

    def get_db_prep_save(self, value, connection):
        if isinstance(value, Unreadable):
            return value.locked
        return lock(value, purpose=self.purpose) if isinstance(value, str) and value else value

    def get_prep_value(self, value):
        if value:
            raise TypeError(f"{self.name} stands locked: nothing can be compared with it in the database")
        return super().get_prep_value(value)


class LockedBytes(_Locked, models.BinaryField):
    """Bytes that stand locked in their column; None on the row where no key opens them."""

    def opened(self, value: bytes | memoryview | None) -> bytes | None:
        try:
            return None if value is None else _locks(self.purpose).decrypt(bytes(value))
        except InvalidToken:
            log.error("locked_bytes_unreadable", purpose=self.purpose)
            return None

    def get_db_prep_save(self, value, connection):
        locked = None if value is None else _locks(self.purpose).encrypt(bytes(value))
        return super().get_db_prep_save(locked, connection)


def locked_texts(model: type[models.Model]) -> list[LockedText]:
    return [field for field in model._meta.concrete_fields if isinstance(field, LockedText)]
