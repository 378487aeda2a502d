import pytest
import time_machine

from tests.cast import AT


@pytest.fixture
def on_the_day():
    """The edge's clock stands on the cast's day, 31 March 2026."""
    with time_machine.travel(AT, tick=False):
        yield
