"""The first page of an explanation of 100,000 accounts, beside a bare view of the same rows.

The bare view fetches the same page of rows with the account's name by a plain statement as the owner: no inputs, no sums, no
working, no row-level security. Ours is the whole answer: period, inputs with their values and counts, settings and rows.
"""

import datetime as dt
from collections.abc import Iterator

from bench.result import Result
from bench.slices import ACCOUNTS, UNTIL, bare, sliced_book, timed
from metrics.explanations.queries import explanation
from metrics.explanations.rows import rows_of
from metrics.slices.slice import WHOLE, Slice

PERIOD = dt.date(2025, 3, 1)
PAGE = 50
BALANCES = """
select d.account_id, a.external_id, a.name, d.balance, d.other_balances
from metrics_accountday d join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id
where d.workspace_id = %(workspace)s and d.day <= %(day)s and (d.until is null or d.until > %(day)s) and d.is_paying
  and (%(industry)s::text is null or a.industry = %(industry)s)
order by d.account_id limit 51
"""
MOVED = """
select d.account_id, a.external_id, a.name, d.day, d.kind, d.amount
from metrics_accountday d join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id
where d.workspace_id = %(workspace)s and d.kind = 'churn' and d.day between %(first)s and %(day)s
order by d.day, d.account_id limit 51
"""
THEN_AND_NOW = """
select d.account_id, a.external_id, a.name, d.balance, n.balance
from metrics_accountday d join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id
left join metrics_accountday n on n.workspace_id = d.workspace_id and n.account_id = d.account_id
  and n.day <= %(day)s and (n.until is null or n.until > %(day)s)
where d.workspace_id = %(workspace)s and d.day <= %(then)s and (d.until is null or d.until > %(then)s) and d.is_paying
order by d.account_id limit 51
"""
TERMS = """
select t.account_id, a.external_id, a.name, t.contract_id, t.day, t.outcome, t.value, t.value_renewed
from metrics_termend t join accounts_account a on a.workspace_id = t.workspace_id and a.id = t.account_id
where t.workspace_id = %(workspace)s and t.day between %(first)s and %(day)s
order by t.day, t.contract_id, t.number limit 51
"""


def measure() -> Iterator[Result]:
    workspace = sliced_book(ACCOUNTS)
    days = {
        "first": PERIOD,
        "day": dt.date(2025, 3, 31),
        "then": dt.date(2024, 3, 31),
        "industry": None,
    }
    industry = "mining"
    cases = [
        ("mrr", "mrr_end", WHOLE, bare(workspace, BALANCES, **days)),
        (
            "mrr",
            "mrr_end",
            Slice.of({"industry": [industry]}),
            bare(workspace, BALANCES, **days | {"industry": industry}),
        ),
        ("gross_mrr_churn_rate", "churn", WHOLE, bare(workspace, MOVED, **days)),
        ("nrr", "nrr_now", WHOLE, bare(workspace, THEN_AND_NOW, **days)),
        ("renewal_rate", "contracts_due", WHOLE, bare(workspace, TERMS, **days)),
    ]
    for key, name, chosen, beside in cases:

        def rows(key=key, name=name, chosen=chosen):
            # The inputs of a slice are worked out like the slice itself, which bench/slices measures.
            found = explanation(workspace, key, day=PERIOD, chosen=WHOLE)
            cell = found.cell if chosen.is_whole else found.cell.of(chosen)
            rows_of(cell, found.part(name).input, after=None, limit=PAGE + 1)

        took = timed(workspace, rows)
        of = "everything" if chosen.is_whole else "one industry"
        yield Result(
            f"the first page of {key} of {of} against a bare view of the same rows",
            took / beside,
            bar=2,
            detail=f"{took * 1000:.1f} ms against {beside * 1000:.1f} ms; {ACCOUNTS:,} accounts, closed through {UNTIL}",
        )
