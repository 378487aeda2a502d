"""`import_file`: says what it would do, does it with --yes, and ends with an error when nothing can be imported."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Contract
from jobs.models import File, ImportJob
from leads.models import Spend
from tests.jobs.imports.files import csv_bytes
from workspaces.models import Activity
from workspaces.scope import workspace_scope


def run(*words) -> str:
    out = StringIO()
    call_command("import_file", "--workspace", "acme", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    def make(*lines, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(csv_bytes(*lines))
        return path

    return make


SPEND = ("date,channel,amount", "2025-01-01,Search,5万", "2025-01-02,Search,abc")


def test_without_yes_it_only_says_what_it_would_do(cast, file):
    assert run("--kind", "spend", file(*SPEND)) == (
        "Acme: creates 1, updates 0, unchanged 0, left out 0, rows with errors 1 of 2.\n"
        "  row 3, amount: “abc” is not a number.\n"
        "Nothing was imported; say --yes to do it.\n"
    )
    with workspace_scope(cast.workspace):
        assert not Spend.objects.exists()
        assert not ImportJob.objects.exists()
        assert not File.objects.exists()
        assert not Activity.objects.filter(verb="uploaded").exists()


@pytest.mark.django_db(transaction=True)
def test_with_yes_good_rows_are_in_and_bad_ones_reported(cast, file):
    path = file(*SPEND)
    assert run("--kind", "spend", "--yes", path) == (
        "Acme: created 1, updated 0, unchanged 0, left out 0, rows with errors 1 of 2.\n"
        "  row 3, amount: “abc” is not a number.\n"
    )
    with workspace_scope(cast.workspace):
        assert Spend.objects.get().amount == 50_000
        assert Activity.objects.get(subject_type="spend").door == "import"
    assert "unchanged 1" in run("--kind", "spend", "--yes", path)


@pytest.mark.django_db(transaction=True)
def test_mapping_constants_rules_and_date_order_come_from_the_command_line(cast, file):
    accounts = file("code,label,kind", "A-1,Acme,x", "A-2,Beta,x", name="a.csv")
    run("--kind", "accounts", accounts, "--map", "code=external_id", "label=name", "--yes")
    contracts = file(
        "sub,who,from,till,tier,fee,trial",
        "S-1,A-1,01-02-2025,03-04-2025,Pro,10,no",
        "S-2,A-2,01-02-2025,,Pro,0,yes",
        name="c.csv",
    )
    columns = ["sub=external_id", "who=account", "from=starts_on", "till=ends_on", "tier=product", "fee=unit_amount"]
    rules = ["--date-order", "dmy", "--set", "currency=USD", "interval=month", "--skip", "trial=YES"]
    out = run("--kind", "contracts", "--yes", *rules, "--map", *columns, contracts)
    assert out.startswith("Acme: created 1, updated 0, unchanged 0, left out 1, rows with errors 0 of 2.")
    with workspace_scope(cast.workspace):
        assert Account.objects.count() == 2
        contract = Contract.objects.get()
        assert (str(contract.starts_on), str(contract.ends_on), contract.currency) == (
            "2025-02-01",
            "2025-04-03",
            "USD",
        )


@pytest.mark.parametrize(
    ("lines", "words", "message"),
    [
        (("%PDF-1.7",), [], "This is a file of type PDF"),
        (("date,channel,amount", "01-02-2025,Search,5"), [], "date: Choose the order of day and month"),
        (("date,channel", "2025-01-01,Search"), [], "No column is chosen for “Amount”"),
        (("date,channel,amount", "2025-01-01,Search,abc"), [], "No row of the file can be imported"),
        (("date,channel,amount", "2025-01-01,Search,abc"), ["--yes"], "No row of the file can be imported"),
        (SPEND, ["--map", "nothing=amount"], "The file has no column nothing. It has: date, channel, amount."),
        (SPEND, ["--map", "amount=nothing"], "There is no field nothing."),
        (SPEND, ["--set", "nothing=1"], "There is no field nothing."),
    ],
)
def test_what_cannot_be_imported_is_an_error(cast, file, lines, words, message):
    with pytest.raises(CommandError, match=message.replace(".", r"\.")):
        run("--kind", "spend", file(*lines), *words)
    with workspace_scope(cast.workspace):
        assert not Spend.objects.exists()
        assert not ImportJob.objects.exists()


def test_missing_workspace_or_file_is_an_error(cast, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("--kind", "spend", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="No workspace has the address nobody"):
        call_command("import_file", "--workspace", "nobody", "--kind", "spend", "x.csv")
