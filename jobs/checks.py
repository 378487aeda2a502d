"""Start-up refusals about what is sent out of here."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from jobs.webhooks.networks import network_of


@register(Tags.security)
def allowed_networks_are_networks(app_configs, **kwargs):
    """A network that cannot be read would be one that nobody may be reached in, and nobody would know why."""
    return [
        Error(
            f"WEBHOOK_ALLOWED_NETWORKS: {text!r} is no network.",
            hint="Write networks as 10.20.0.0/16 or fd12::/16, with commas between; no bits may be set after the prefix.",
            id="jobs.E001",
        )
        for text in settings.WEBHOOK_NETWORK_TEXTS
        if network_of(text) is None
    ]
