"""The ledger verified from outside: nothing to say about what a closing wrote, and everything about a changed row."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from metrics.ledger_digest import LEDGER, canonical_digest, ledger_digest
from metrics.verification import SUMS, verify_ledger
from tests.metrics import books
from workspaces.scope import workspace_scope

# In the golden book of awkward cases: what somebody did to the tables, and what is said about it.
A_DAY = "(account_id, day) = (select account_id, day from metrics_accountday where {} order by day, account_id limit 1)"
TAMPERED = [
    ("update metrics_accountday set balance = balance + 0.01 where " + A_DAY.format("balance > 0"), "the lines alive"),
    ("update metrics_accountday set amount = amount + 0.01 where " + A_DAY.format("amount > 0"), "the lines changed"),
    (
        "update metrics_accountday set kind = 'churn' where " + A_DAY.format("kind = 'new'"),
        "the kind of movement does not fit",
    ),
    ("update metrics_accountday set is_paying = not is_paying where " + A_DAY.format("true"), "whether it pays"),
    (
        "update metrics_accountday set until = until + 1 where " + A_DAY.format("until is not null"),
        "does not end where",
    ),
    (
        "update metrics_accountday set customer_since = day - 1 where " + A_DAY.format("true"),
        "customer since its first",
    ),
    ("delete from metrics_accountday where " + A_DAY.format("until is not null"), "the lines alive"),
    (
        'update metrics_accountday set other_balances = \'{"USD": "1.00"}\' where '
        + A_DAY.format("other_balances is not null"),
        "the lines alive",
    ),
    (
        "delete from metrics_linespan where line_id = (select min(line_id) from metrics_linespan)",
        "the lines alive",
    ),
    (
        "delete from metrics_closing where day = (select min(day) + 3 from metrics_closing)",
        "closings: 1 days between",
    ),
    ("update accounts_account set mrr_cents = mrr_cents + 1 where mrr_cents > 0", "the MRR shown for it"),
    ("update accounts_account set churned_on = '2020-01-01' where customer_since is not null", "or left, is shown"),
    (
        "delete from metrics_periodfigures where interval = 'month' and starts_on = (select min(starts_on) + interval "
        "'2 months' from metrics_periodfigures where interval = 'month')",
        "there is none for the days after",
    ),
    *(
        (
            f"update metrics_periodfigures set {name} = {name} + 1 where interval = 'quarter' and starts_on = (select "
            "max(starts_on) from metrics_periodfigures where interval = 'quarter')",
            f": {name} is ",
        )
        for name in SUMS
    ),
]

PUBLISHED = (
    "interval = 'month' and starts_on = (select min(starts_on) from metrics_publishedfigures where interval = 'month')"
)
SAY = """
insert into metrics_publishedfigures (workspace_id, interval, starts_on, ends_on, name, published_at, figures)
select workspace_id, interval, starts_on, ends_on, name, published_at, {} from metrics_publishedfigures
where """
RESTATED = [
    (
        SAY.format('figures || \'{"mrr_end": "1.23"}\'') + PUBLISHED,
        "mrr_end is published as 1.23 and is",
    ),
    (SAY.format("null") + PUBLISHED, "it is closed and was never published"),
    (
        SAY.replace(
            "interval, starts_on, ends_on, name, published_at, {}",
            "'month', '1999-01-01', ends_on, name, published_at, figures",
        )
        + PUBLISHED,
        "it is published, and there is none",
    ),
    (
        'update metrics_restatement set after = after || \'{"spend": "1.23"}\' where id = (select max(id) from '
        "metrics_restatement where interval = 'month' and after ? 'spend')",
        "spend was restated to 1.23, and is published as",
    ),
    (
        'update metrics_restatement set before = before || \'{"spend": "1.23"}\' where id = (select max(id) from '
        "metrics_restatement where interval = 'month' and before ? 'spend')",
        "spend is restated from 1.23, and was left at",
    ),
    ("delete from metrics_restatementfact", "no fact says why"),
]


def closed_book(name: str):
    workspace, content = books.open_book(name)
    books.close(workspace, content["until"])
    return workspace


@pytest.mark.django_db
def test_a_changed_row_is_found():
    workspace = closed_book("edges")
    with workspace_scope(workspace):
        good = verify_ledger(workspace)
        assert good.problems == []
        assert good.facts["accounts"] > 5
        for statement, said in TAMPERED:
            point = transaction.savepoint_create()
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount, statement
            found = verify_ledger(workspace)
            assert any(said in problem for problem in found.problems), (statement, found.problems)
            assert canonical_digest(found.digest) != canonical_digest(good.digest), statement
            transaction.savepoint_rollback(point)
        assert verify_ledger(workspace) == good


@pytest.mark.django_db
def test_a_changed_word_about_the_past_is_found():
    """Restated twice, so that there is something to go on from."""
    workspace = closed_book("edges")
    until = books.book("edges")["until"]
    for amount in ("77", "78"):
        with workspace_scope(workspace):
            books.write(workspace, {"spend": [{"channel": "Fair", "date": "2024-02-01", "amount": amount}]})
        books.close(workspace, until)
    with workspace_scope(workspace):
        assert verify_ledger(workspace).problems == []
        for statement, said in RESTATED:
            point = transaction.savepoint_create()
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount, statement
            found = verify_ledger(workspace).problems
            assert any(said in problem for problem in found), (statement, found)
            transaction.savepoint_rollback(point)


@pytest.mark.django_db
def test_command_says_what_it_found_and_ends_badly_when_something_does_not_hold():
    workspace = closed_book("book-8")
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    with workspace_scope(workspace):
        digest = canonical_digest(ledger_digest(workspace))
    assert out.getvalue().startswith("book: 8 accounts, ")
    assert out.getvalue().endswith(f"  digest {digest}\n")
    assert "WRONG" not in out.getvalue()
    with workspace_scope(workspace), connection.cursor() as cursor:
        cursor.execute(
            "update metrics_periodfigures set new = new + 1, expansion = expansion - 1 where interval = 'year'"
        )
    with pytest.raises(CommandError, match="things do not hold"):
        call_command("verify_ledger", "--workspace", "book", stdout=out)
    assert "WRONG year from " in out.getvalue()
    with pytest.raises(CommandError, match="No workspace has the address nobody"):
        call_command("verify_ledger", "--workspace", "nobody")


@pytest.mark.django_db
def test_facts_that_changed_since_are_no_mistake():
    workspace = closed_book("edges")
    with workspace_scope(workspace):
        books.write(workspace, {"fx_rates": [{"currency": "USD", "date": "2020-01-01", "rate": "6.5"}]})
        books.write(workspace, {"spend": [{"channel": "Fair", "date": "2024-02-01", "amount": "77"}]})
        found = verify_ledger(workspace)
    assert (found.is_stale, found.problems) == (True, [])


def test_every_table_of_figures_is_in_the_digest():
    named = {model.__name__ for model in LEDGER}
    assert named == {"AccountDay", "Closing", "LineSpan", "PeriodFigures", "TermEnd", "Account"}
