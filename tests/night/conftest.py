import pytest


@pytest.fixture(autouse=True)
def _night_delay(settings):
    settings.NIGHT_DELAY_MINUTES = 120
