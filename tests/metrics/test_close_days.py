"""manage.py close_days."""

import io

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Run
from metrics.models import AccountDay, Closing
from tests.cast import AT
from tests.night.books import write_contract, write_rate
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AT)


def close_days(*args) -> str:
    out = io.StringIO()
    call_command("close_days", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def books(cast):
    write_contract(cast.workspace)
    return cast.workspace


def test_close_days_reports_until_told(books):
    assert close_days("--workspace", "acme") == (
        "Acme is closed through no day yet. Would close what is open or stale up to 2026-03-30. "
        "Nothing was done; say --yes to do it.\n"
    )
    with workspace_scope(books):
        assert not Run.objects.exists()


def test_close_days(books):
    assert close_days("--workspace", "acme", "--until", "2026-02-15", "--yes") == "Closed through 2026-02-15.\n"
    with workspace_scope(books):
        assert Closing.objects.count() == 46
        run = Run.objects.get()
        assert (run.state, run.created_by, run.door) == ("succeeded", "B2BOps", "command")
        assert AccountDay.objects.exists()
    assert close_days("--workspace", "acme", "--yes") == "Closed through 2026-03-30.\n"
    assert "closed through 2026-03-30" in close_days("--workspace", "acme", "--since", "2026-01-10")
    assert close_days("--workspace", "acme", "--since", "2026-01-10", "--yes") == "Closed through 2026-03-30.\n"


def test_close_days_missing_rate(books):
    write_contract(books, "C2", currency="USD")
    with pytest.raises(CommandError, match=r"^There is no exchange rate for USD on or before 2026-01-01\.$"):
        close_days("--workspace", "acme", "--yes")
    write_rate(books, "USD", "2026-01-01", "7.1")
    assert close_days("--workspace", "acme", "--yes") == "Closed through 2026-03-30.\n"


@pytest.mark.parametrize(
    "args, message",
    [
        (["--workspace", "nobody"], "No workspace has the address nobody."),
        (["--workspace", "acme", "--until", "31.12.2025"], "Not a date: 31.12.2025"),
        (["--workspace", "acme", "--until", "20260301"], "Not a date: 20260301"),
        (["--workspace", "acme", "--since", "2026-W01-1"], "Not a date: 2026-W01-1"),
        (["--workspace", "acme", "--until", "2099-01-01"], "not over yet"),
        (["--workspace", "acme", "--since", "2026-03-30", "--until", "2026-03-01"], "after the last day"),
        (["--workspace", "acme", "--until", "2026-03-31", "--yes"], "not over yet"),
        (["--workspace", "acme", "--since", "2026-03-30", "--until", "2026-03-01", "--yes"], "after the last day"),
    ],
)
def test_close_days_refused(books, args, message):
    with pytest.raises(CommandError, match=message):
        close_days(*args)
    with workspace_scope(books):
        assert not Run.objects.exists()
