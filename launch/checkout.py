"""Where things are in one checkout. Nothing is kept outside it but what must be (see `postgres` and `sockets`)."""

from __future__ import annotations

import os
from pathlib import Path


class Checkout:
    """The folders of one copy of the sources; two copies on one machine share nothing."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(os.path.realpath(str(root)))
        self.local = self.root / ".local"
        self.tools = self.root / ".tools"
        self.venv = self.root / ".venv"
        self.logs = self.local / "logs"
        self.python = self.venv / "bin" / "python"
        self.manage = self.root / "manage.py"

    def make_local(self) -> None:
        """Makes the folder for state; raises OSError when the checkout cannot be written to."""
        self.local.mkdir(exist_ok=True)
        self.logs.mkdir(exist_ok=True)


def here() -> Checkout:
    """The checkout this file belongs to."""
    return Checkout(Path(__file__).resolve().parent.parent)


# Variables that point a Python at someone else's packages, or make every start parse every package again.
FOREIGN = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "DJANGO_SETTINGS_MODULE",
)


def clean_environment(environ) -> dict:
    """The caller's environment without what would mislead our own Python."""
    return {key: value for key, value in environ.items() if key not in FOREIGN}
