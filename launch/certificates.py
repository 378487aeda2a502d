"""Whom downloads trust: a company's own authority is known to the system, not to what uv and npm bring along."""

from __future__ import annotations

import os

PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def trusting_the_system(environ: dict, places=PLACES) -> dict:
    """The environment with the system's authorities added for uv and Node.js, where the system keeps a list."""
    bundle = next((path for path in places if os.path.exists(path)), None)
    return {"UV_SYSTEM_CERTS": "true", "NODE_EXTRA_CA_CERTS": bundle, **environ} if bundle else dict(environ)
