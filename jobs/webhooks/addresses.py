"""Where a webhook may go: to the outside, and never to this machine or the networks behind it.

Somebody who may enter an address must not reach with it what only this server reaches. Two questions, both without
guessing: is the address written in the one way that everybody reads alike (`destination_of`), and is what its name
stands for public (`require_public`)? The sender asks the second of every address a name resolves to, and then connects
to one of these very addresses, so that a name that changes between the question and the connection gains nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

LONGEST_URL = 2000
PORTS = {"https": 443, "http": 80}
# Below it stand the ports of mail, shells and databases, which have nothing to do with webhooks.
FIRST_FREE_PORT = 1024
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What a URL parser somewhere may take for a number, and thus for an address: 0x7f000001, 017700000001, 2130706433.
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
# Registered names of this machine and of networks that nobody outside can reach.
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
# Forms that carry an IPv4 address inside: mapped, compatible, NAT64 (well-known and local), 6to4, Teredo. A gateway would
# unpack them behind the check.
CARRIERS = tuple(
    ip_network(text) for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
IPV6_INTERNET = ip_network("2000::/3")
# ipaddress takes some of these for global.
NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "192.88.99.0/24",
        "192.0.0.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001:db8::/32",
        "3fff::/20",
        "fec0::/10",
    )
)


class Refused(ValueError):
    """code: ``malformed``, ``scheme``, ``credentials``, ``host``, ``port`` or ``not_public``."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Destination:
    """A web address in its parts. host: a lower-case name, or an address as text. target: path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def address(self) -> Address | None:
        """The host where it is an address and no name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def destination_of(url: str, *, is_http_allowed: bool = False, allowed: Sequence[Network] = ()) -> Destination:
    """The parts of `url`; raises Refused for what is not https, hides its host, or names an address that is not public.

    allowed: networks that are nobody else's business and allowed all the same.
    """
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise Refused("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("malformed") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and is_http_allowed):
        raise Refused("scheme")
    if "@" in parts.netloc:
        raise Refused("credentials")
    if parts.fragment or not parts.hostname:
        raise Refused("malformed")
    if port is not None and port != PORTS[parts.scheme] and port < FIRST_FREE_PORT:
        raise Refused("port")
    host = _host(parts.hostname, allowed)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port or PORTS[parts.scheme], target)


def _host(host: str, allowed: Sequence[Network]) -> str:
    if ":" in host:
        try:
            address: Address = IPv6Address(host)
        except ValueError:
            raise Refused("host") from None
        if "%" in host:
            raise Refused("host")  # a zone: an interface of this machine
        require_public(address, allowed)
        return str(address)
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):
        try:
            address = IPv4Address(host)  # four decimal numbers without leading zeros, nothing else
        except ValueError:
            raise Refused("host") from None
        require_public(address, allowed)
        return host
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise Refused("host")  # a trailing dot too: names with and without it are not the same to everybody
    if not allowed and any(host == name or host.endswith(f".{name}") for name in LOCAL_NAMES):
        raise Refused("not_public")
    return host


def require_public(address: Address, allowed: Sequence[Network] = ()) -> None:
    """Raise Refused unless anybody on the Internet could reach `address`, or it lies in one of the `allowed` networks."""
    if any(address in network for network in allowed):
        return
    if any(address in network for network in (*CARRIERS, *NOT_PUBLIC)):
        raise Refused("not_public")
    if address.version == 6 and (address not in IPV6_INTERNET or _carries_isatap(address)):
        raise Refused("not_public")
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        raise Refused("not_public")


def _carries_isatap(address: IPv6Address) -> bool:
    """Whether the interface part is of the form ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d."""
    return (int(address) >> 32) & 0xFDFF_FFFF == 0x0000_5EFE
