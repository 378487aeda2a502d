"""The starter is tested without Django's database: it brings its own servers."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_URL", "B2BOPS_TEST_DB", "DEBUG")


@pytest.fixture
def own_environment():
    """The environment of somebody who has set nothing."""
    return {key: value for key, value in os.environ.items() if key not in ADDRESSES}


@pytest.fixture
def home():
    """A folder with blanks and Chinese characters in its name that the account lent by root can walk to."""
    top = Path(tempfile.mkdtemp(prefix="b2bops-launch-"))
    top.chmod(0o755)
    folder = top / "客户 运营 a folder with a rather long name so that no socket address fits in it"
    folder.mkdir()
    yield folder
    shutil.rmtree(top, ignore_errors=True)
