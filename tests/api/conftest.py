import pytest

from tests.api.client import Api


@pytest.fixture
def api(cast) -> Api:
    """A caller with acme's writing key."""
    return Api(cast.api_key())


@pytest.fixture
def reader(cast) -> Api:
    """A caller with acme's reading key."""
    return Api(cast.api_key(scope="read"))


@pytest.fixture
def rival(cast) -> Api:
    """A caller with the writing key of another workspace."""
    return Api(cast.api_key(workspace=cast.rival))
