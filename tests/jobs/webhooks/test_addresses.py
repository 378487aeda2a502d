"""What may be connected to: every form in which an inner address can be written, and none of them passes."""

from ipaddress import ip_address, ip_network

import pytest

from jobs.webhooks.addresses import Refused, destination_of, require_public

INNER = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::7f00:1",
    "::93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:5db8:d822::1",
    "2001:0:5ef5:79fb::1",
    "2600::5efe:10.0.0.1",
    "2600::200:5efe:10.0.0.1",
    "4000::1",
]
OUTER = ["93.184.216.34", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::200e"]


@pytest.mark.parametrize("text", INNER)
def test_inner_address_refused(text):
    with pytest.raises(Refused, match="not_public"):
        require_public(ip_address(text))
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(Refused, match="not_public"):
        destination_of(f"https://{host}/hook")


@pytest.mark.parametrize("text", OUTER)
def test_outer_address_taken(text):
    require_public(ip_address(text))
    host = f"[{text}]" if ":" in text else text
    assert str(destination_of(f"https://{host}/hook").address) == text


@pytest.mark.parametrize(
    "host",
    [
        "0177.0.0.1",
        "0177.0.0.01",
        "017700000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "0X7F000001",
        "2130706433",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "localhost.",
        "example.com.",
        "1.1.1",
        "08.8.8.8",
        "256.1.1.1",
        "1.2.3.0x4",
        "example..com",
        "-a.example.com",
        "a" * 64 + ".com",
        "[::1%25lo]",
        "[fe80::1%25eth0]",
        "[::ffff:127.0.0.1",
        "[127.0.0.1]",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "127%2e0%2e0%2e1",
        "exa mple.com",
    ],
)
def test_unusual_host_refused(host):
    with pytest.raises(Refused):
        destination_of(f"https://{host}/hook")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "db.localhost", "printer.local", "metadata.google.internal"]
)
def test_name_of_the_inside_refused(host):
    with pytest.raises(Refused, match="not_public"):
        destination_of(f"https://{host}/hook")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com:6379/_flushall", "scheme"),
        ("//example.com/", "scheme"),
        ("example.com", "scheme"),
        ("https://user@example.com/", "credentials"),
        ("https://user:word@example.com/", "credentials"),
        ("https://example.com@127.0.0.1/", "credentials"),
        ("https://@example.com/", "credentials"),
        ("https://example.com\\@127.0.0.1/", "malformed"),
        ("https://example.com\r\nHost: x/", "malformed"),
        ("https://exam\tple.com/", "malformed"),
        ("https:///hook", "malformed"),
        ("https://example.com/#fragment", "malformed"),
        ("https://example.com:99999/", "malformed"),
        ("https://example.com:http/", "malformed"),
        ("https://example.com/" + "x" * 2000, "malformed"),
        ("https://example.com:22/", "port"),
        ("https://example.com:25/", "port"),
        ("https://example.com:80/", "port"),
        ("https://example.com:0/", "port"),
    ],
)
def test_address_refused(url, code):
    with pytest.raises(Refused) as refusal:
        destination_of(url)
    assert refusal.value.code == code


def test_parts_of_an_address():
    one = destination_of("https://Hooks.Example.com:8443/a/b?c=d&e")
    assert (one.scheme, one.host, one.port, one.target) == ("https", "hooks.example.com", 8443, "/a/b?c=d&e")
    assert (one.host_header, one.address) == ("hooks.example.com:8443", None)
    assert destination_of("https://example.com").target == "/"
    assert destination_of("https://[2606:4700::1111]").host_header == "[2606:4700::1111]"
    assert destination_of("http://example.com", is_http_allowed=True).port == 80


def test_allowed_networks_open_what_they_name_and_nothing_else():
    allowed = [ip_network("10.20.0.0/16"), ip_network("fd12::/16")]
    for text in ("10.20.3.4", "fd12::1"):
        require_public(ip_address(text), allowed)
    for text in ("10.21.0.1", "127.0.0.1", "::ffff:10.20.3.4", "64:ff9b::a14:304"):
        with pytest.raises(Refused):
            require_public(ip_address(text), allowed)
    # The names of the inside are then for the resolver to say.
    assert destination_of("https://crm.internal:8443/", allowed=allowed).host == "crm.internal"
