"""Secrets, and the headers of Standard Webhooks 1.0."""

import base64
import datetime as dt
import secrets
from collections.abc import Sequence

from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"
SECRET_BYTES = 32
# After a change the old secret signs along for as long.
OVERLAP = dt.timedelta(hours=24)
USER_AGENT = "B2BOps-Webhooks/1"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(body: str, *, message_id: str, secrets: Sequence[str], at: dt.datetime) -> dict[str, str]:
    """The headers that go with `body`, one signature for each of the secrets. Receivers refuse what was signed long
    ago, so every attempt is signed anew, at the present instant `at`.
    """
    moment = at.astimezone(dt.UTC)
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(message_id, moment, body) for secret in secrets),
    }
