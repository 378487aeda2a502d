"""What most browser tests begin with."""

import pytest

from tests.cast import make_cast
from tests.front.test_pages import sign_in


@pytest.fixture
def cast(live_server, browser_page):
    """The cast, whose owner is signed in in the browser."""
    cast = make_cast()
    sign_in(browser_page, cast, live_server)
    return cast
