"""Where robots may stand."""

from django.conf import settings

from jobs.webhooks.robots import ROBOTS, Vendor


def is_allowed_host(vendor: Vendor, host: str) -> bool:
    """Whether `host` is the vendor's, or one that the installation names (a vendor's private deployment)."""
    return host in ROBOTS[vendor].hosts or host in settings.ROBOT_HOSTS
