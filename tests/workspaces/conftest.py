import pytest

# Its routes depend on whether there is a mail server: read them before some test says that there is one.
import b2bops.urls  # noqa: F401
from tests.workspaces.fake_apps import WANG, fake_apps
from workspaces.identities import wecom


@pytest.fixture
def apps(settings):
    """All work apps, switched on; Feishu knows Ms Wang."""
    with fake_apps() as found:
        settings.WORK_APPS = found.settings()
        found.people["code-wang"] = WANG["feishu"][0]
        wecom._tokens.clear()
        yield found
