"""The link in a digest that ends it without signing in: it says whose it is, signed, and opens nothing else."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "metrics.digest.unsubscribe"


def unsubscribe_url(workspace_id: UUID, member_id: UUID) -> str:
    token = signing.Signer(salt=SALT).sign_object([workspace_id.hex, member_id.hex])
    return settings.PUBLIC_URL + reverse("digest_unsubscribe", args=[token])


def read_token(token: str) -> tuple[UUID, UUID] | None:
    """Ids of workspace and member; None for what was not signed here. It does not expire, as mails do not."""
    try:
        workspace, member = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(workspace), UUID(member)
    except (signing.BadSignature, ValueError, TypeError):
        return None
