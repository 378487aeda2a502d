"""What is refused at the start."""

import pytest

from jobs.checks import allowed_networks_are_networks
from jobs.webhooks.networks import network_of


def test_a_text_that_is_no_network_is_named(settings):
    settings.WEBHOOK_NETWORK_TEXTS = ["10.20.0.0/16", "10.0.0.300", "fd12::/16", "10.20.0.1/16"]
    errors = allowed_networks_are_networks(None)
    assert [error.id for error in errors] == ["jobs.E001", "jobs.E001"]
    assert "'10.0.0.300' is no network" in errors[0].msg
    assert "'10.20.0.1/16' is no network" in errors[1].msg
    settings.WEBHOOK_NETWORK_TEXTS = ["127.0.0.1"]
    assert allowed_networks_are_networks(None) == []


@pytest.mark.parametrize(("text", "said"), [("fd12::/16", "fd12::/16"), ("127.0.0.1", "127.0.0.1/32"), ("", "None")])
def test_networks_are_read(text, said):
    assert str(network_of(text)) == said
