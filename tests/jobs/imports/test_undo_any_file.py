"""Whatever a file did, undone it leaves the rows that there were before."""

import random

import pytest

from accounts.models import Account, AccountTrait, Contact, Contract, FxRate, Product, TraitChange
from jobs.imports import runs
from leads.models import Channel, Spend
from tests.jobs.imports.test_undo import imported, undone
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ["", "", "制造", "零售", "长" * 90]
PRODUCTS = ["Core", "Seats", "Storage", "Support"]


def accounts(pick, size):
    rows = [
        f"C-{n},{pick.choice('甲乙丙丁戊')}公司{n},{pick.choice(WORDS)},{pick.choice(['', '3', '80', '5000'])},"
        f"{pick.choice(['', 'vip', 'vip;pilot'])},{pick.choice(WORDS)},{pick.choice(['', 'owner@example.com'])},"
        f"{pick.choice(['', f'C-{pick.randrange(12)}'])}"
        for n in pick.sample(range(12), size)
    ]
    return "accounts", ["id,name,industry,employees,tags,note,owner,parent", *rows], {}


def contacts(pick, size):
    rows = [
        f"P-{n},C-{pick.randrange(12)},{pick.choice('王李张')}{n},{pick.choice(['', 'CEO'])},{pick.choice(['', 'user'])},"
        f"{pick.choice(['', '13800000000'])}"
        for n in pick.sample(range(12), size)
    ]
    return "contacts", ["id,account,name,title,roles,mobile", *rows], {}


def contracts(pick, size):
    rows = []
    for n in pick.sample(range(12), size):
        # A contract and the next one are of one account, so that the next may renew it.
        year = 2024 + n % 3
        start = f"C-{n // 3},{year}-01-01,{year}-12-31"
        renews = pick.choice(["", f"K-{n - 1}"]) if n % 3 else ""
        rows += [
            f"K-{n},{start},{name},{pick.randrange(1, 900)},{renews},{pick.choice(['yes', 'no'])}"
            for name in pick.sample(PRODUCTS, pick.randrange(1, 3))
        ]
    # Lines of one contract agree in what is the contract's own.
    same: dict[str, list[str]] = {}
    for at, row in enumerate(rows):
        cells = row.split(",")
        first = same.setdefault(cells[0], cells)
        rows[at] = ",".join([*cells[:6], *first[6:]])
    constants = {"currency": pick.choice(["CNY", "USD"]), "interval": pick.choice(["month", "year"])}
    return "contracts", ["id,account,start,end,plan,amount,renews,auto renew", *rows], constants


def products(pick, size):
    rows = [f"{name},{pick.choice(['', 'X1', 'X2'])},{pick.choice(WORDS[2:5])}" for name in PRODUCTS[:size]]
    return "products", ["name,code,description", *rows], {}


def spend(pick, size):
    rows = [
        f"2025-01-{n + 1:02},{pick.choice(['Search', 'Fair', 'Partners'])},{pick.randrange(1, 99)},{pick.choice(WORDS)}"
        for n in pick.sample(range(12), size)
    ]
    return "spend", ["date,channel,amount,note", *rows], {}


def rates(pick, size):
    rows = [
        f"{pick.choice(['USD', 'EUR'])},2025-{n + 1:02}-01,{pick.randrange(1, 9)}.5"
        for n in pick.sample(range(12), size)
    ]
    return "fx-rates", ["currency,date,rate", *rows], {}


MAKERS = (accounts, contacts, contracts, products, spend, rates)
NOT_COMPARED = {"updated_at"}


def snapshot(cast) -> dict:
    """Every standing fact with all that belongs to it."""
    with workspace_scope(cast.workspace):
        found = {}
        for model in (Account, Contact, Contract, FxRate, Product, Channel, Spend):
            columns = [one.attname for one in model._meta.concrete_fields if one.attname not in NOT_COMPARED]
            found[model.__name__] = list(model.objects.standing().order_by("pk").values(*columns))
        found["lines"] = [
            {name: value for name, value in line.items() if name != "id"}
            for contract in Contract.objects.standing().order_by("pk")
            for line in contract.lines.order_by("position").values()
        ]
        found["traits"] = sorted(
            AccountTrait.objects.filter(account__voided_at__isnull=True).values_list("account", "dimension", "value")
        )
        found["changes"] = sorted(
            TraitChange.objects.filter(account__voided_at__isnull=True).values_list("account", "dimension", "before")
        )
        return found


def undone_if_written(cast, job) -> dict:
    """Counts of the undo; nothing where no row of the file could be written."""
    return undone(cast, job).undo if job.counts["created"] or job.counts["updated"] else {}


@pytest.mark.parametrize("seed", range(6))
def test_undo_of_any_file_leaves_what_was_there(cast, monkeypatch, seed):
    pick = random.Random(seed)  # noqa: S311 (no secret)
    monkeypatch.setattr(runs, "CHUNK", pick.choice([2, 5, 100]))
    stack = []
    for kind, lines, constants in (maker(pick, 4) for maker in MAKERS):
        stack.append(imported(cast, kind, *lines, **constants))
    before = snapshot(cast)
    later = []
    for maker in pick.sample(MAKERS, len(MAKERS)):
        kind, lines, constants = maker(pick, 4 if maker is products else 9)
        later.append((snapshot(cast), imported(cast, kind, *lines, **constants)))
    assert snapshot(cast) != before
    for was, job in reversed(later):
        assert undone_if_written(cast, job).get("kept", 0) == 0
        assert snapshot(cast) == was
    assert snapshot(cast) == before
    for job in reversed(stack):
        undone_if_written(cast, job)
    assert not any(snapshot(cast).values())
