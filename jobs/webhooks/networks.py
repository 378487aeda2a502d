"""Networks as settings write them. Needs no Django, for settings are read with it."""

from ipaddress import IPv4Network, IPv6Network, ip_network


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The network that `text` names (10.20.0.0/16, fd12::/16, one address), None when it is none."""
    try:
        return ip_network(text)
    except ValueError:
        return None
