"""The statements that read a slice, put together from metrics/sql/slices for what is asked.

Everything that people type travels as a parameter; what is put into the text comes from `metrics.slices.dimensions`.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.dimensions import CUSTOM, TAG
from metrics import statements
from metrics.calendar import month_end_before
from metrics.slices.dimensions import CURRENCY, PRODUCT, Dimension, dimension
from metrics.slices.slice import Slice
from metrics.slices.sums import Answer

NO_VALUE = "null::text"


@dataclass
class Statement:
    """The common part of all statements over one slice: its tables (text of a WITH list, in order) and parameters."""

    slice: Slice
    params: dict[str, Any]
    tables: list[str]

    def text(self, *parts: str) -> str:
        return "with\n" + ",\n".join(self.tables) + "\n" + "\nunion all\n".join(parts)

    def answers(self, *parts: str, **params: Any) -> list[Answer]:
        """What the parts that count answer with, one after the other."""
        return [Answer(*row) for row in self.fetch(self.text(*parts), **params)]

    def read(self, text: str, **params: Any) -> list[tuple]:
        """The rows of a statement that goes by an index and needs none of the tables."""
        with connection.cursor() as cursor:
            cursor.execute(text, self.params | params)
            return cursor.fetchall()

    def fetch(self, text: str, **params: Any) -> list[tuple]:
        with connection.cursor() as cursor:
            # Compiling costs more than these statements take; sorts and hashes of a large book fit into memory.
            cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
            cursor.execute(text, self.params | params)
            return cursor.fetchall()


def bare(workspace, chosen: Slice, *, through: dt.date) -> Statement:
    """The parameters alone, for rows that are kept as they are asked for."""
    params = {
        "workspace": workspace.pk,
        "base": workspace.base_currency,
        "through": through,
        "rates_on": chosen.rates_on,
        "dimensions": chosen.account_dimensions,
    }
    return Statement(chosen, params, [])


def statement(
    workspace, chosen: Slice, *, through: dt.date, with_whole: bool = False, is_read_once: bool = True
) -> Statement:
    """Tables `steady`, `special`, `member`, `slice_run`, `slice_moved` and `slice_day` of what `chosen` is through a day.

    is_read_once: one part alone goes through all of `slice_day`; for several it is worth keeping.
    with_whole: also `whole_run` and `whole_moved`, of the same lines but whatever the accounts were, where those differ.
    """
    made = bare(workspace, chosen, through=through)
    made.tables.append(_who(made))
    made.tables.append(_lines(made, "slice_", with_members=True, is_read_once=True))
    if chosen.is_direct:
        made.tables.append(_other_runs("slice_", "m.value", join="\n  join steady m on m.account_id = d.account_id"))
    if with_whole and chosen.account_dimensions:
        made.tables.append(_lines(made, "whole_", with_members=False))
        if chosen.is_direct:
            steady = "\n    and not exists (select from special x where x.account_id = d.account_id)"
            made.tables.append(_other_runs("whole_", NO_VALUE, conditions=steady))
    made.tables.append(
        part(
            "days",
            materialized="not materialized" if is_read_once else "materialized",
            # Of an account that is in the slice as a whole and always, all days are known already.
            steady_days="" if chosen.is_of_lines else part("steady_days"),
            cents="round(worth, 2) - round(worth - amount, 2)" if chosen.rates_on else "round(amount, 2)",
        )
    )
    return made


def retention_day(period) -> dt.date:
    """The end of the day that retention in a period is measured against, by the window in force when it was closed."""
    return month_end_before(period.through, period.nrr_window_months)


def part(name: str, folder: str = "slices", **fragments: str) -> str:
    """The text of sql/<folder>/<name>.sql with its <<marks>> filled in."""
    text = statements.text(f"{folder}/{name}").strip()
    for mark, fragment in fragments.items():
        text = text.replace(f"<<{mark}>>", fragment)
    return text


@dataclass
class Traits:
    """What accounts were on a day, as text: `tables` to join, `conditions` on them, and `group` to group by."""

    tables: str
    conditions: str
    group: str


def traits(made: Statement, *, account: str, day: str) -> Traits:
    """The account's traits by their dated changes, for `account` and `day` as they are called in the statement; needs
    accounts_account as `a`.
    """
    chosen = made.slice
    aliases: dict[str, str] = {}
    tables, conditions = [], []
    for one, column in _columns(made).items():
        alias = aliases[one.key] = f"trait_{len(aliases)}"
        made.params[f"dimension_of_{alias}"] = one.key
        has = "coalesce(nullif(a.tags::text[], '{}'), array[''])" if one.key == TAG else f"array[{column}]"
        tables.append(part("traits", account=account, day=day, dimension=f"dimension_of_{alias}", now=has, alias=alias))
    for number, (one, values) in enumerate(chosen.account_conditions()):
        made.params[f"account_values_{number}"] = list(values)
        conditions.append(f"\n    and {aliases[one.key]}.has && %(account_values_{number})s::text[]")
    group = NO_VALUE
    if chosen.group and not chosen.group.is_of_line:
        has = f"{aliases[chosen.group.key]}.has"
        group = f"nullif({has}[1], '')"
        if chosen.group.is_overlapping:
            tables.append(f"cross join lateral unnest({has}) as found(value)")
            group = "nullif(found.value, '')"
    return Traits("".join(f"\n  {table}" for table in tables), "".join(conditions), group)


def _columns(made: Statement) -> dict[Dimension, str]:
    """The account's dimensions that matter, with how each stands on accounts_account now."""
    found: dict[Dimension, str] = {}
    for key in made.slice.account_dimensions:
        one = dimension(key)
        made.params[f"field_{len(found)}"] = one.key.removeprefix(CUSTOM)
        found[one] = one.column.replace("{of_dimension}", f"field_{len(found)}")
    return found


def _who(made: Statement) -> str:
    """Steady accounts by what they are now, which is what they always were; the special ones by their changes."""
    chosen, columns = made.slice, _columns(made)
    changing = part("changing")
    changed = traits(made, account="p.account_id", day="p.from_day")
    conditions = ""
    for number, (one, _values) in enumerate(chosen.account_conditions()):
        wanted = f"%(account_values_{number})s::text[]"
        if one.key == TAG:
            conditions += f"\n    and coalesce(nullif(a.tags::text[], '{{}}'), array['']) && {wanted}"
        else:
            conditions += f"\n    and {columns[one]} = any({wanted})"
    value, join = NO_VALUE, ""
    if chosen.group and not chosen.group.is_of_line:
        value = f"nullif({columns[chosen.group]}, '')::text"
        if chosen.group.key == TAG:
            value, join = "found.value::text", "\n  left join lateral unnest(a.tags) as found(value) on true"
    return part(
        "who",
        special=changing if chosen.is_of_lines or chosen.is_direct else part("changing_or_foreign", changing=changing),
        steady_value=value,
        steady_join=join,
        steady_conditions=conditions,
        piece_value=changed.group,
        piece_traits=changed.tables,
        piece_conditions=changed.conditions,
    )


def _lines(made: Statement, prefix: str, *, with_members: bool, is_read_once: bool = False) -> str:
    chosen = made.slice
    value, join, first, after = NO_VALUE, "", "s.first_day", "s.last_day + 1"
    if chosen.group and chosen.group.is_of_line:
        value = chosen.group.column
    if with_members and chosen.account_dimensions:
        member = "member" if chosen.is_of_lines else "changing_member"
        join = (
            f"\n  join {member} m on m.account_id = s.account_id and (m.until is null or m.until > s.first_day)"
            "\n    and (s.last_day is null or s.last_day >= m.from_day)"
        )
        # least() passes over nulls: what has no end is ended by the other.
        first, after = "greatest(s.first_day, m.from_day)", "least(s.last_day + 1, m.until)"
        if not (chosen.group and chosen.group.is_of_line):
            value = "m.value"
    elif not chosen.is_of_lines:
        join = "\n  join special x on x.account_id = s.account_id"
    return part(
        "lines",
        p=prefix,
        materialized="not materialized" if is_read_once else "materialized",
        value=value,
        join=join,
        first=first,
        after=after,
        conditions=line_conditions(made),
        rate_day="%(rates_on)s" if chosen.rates_on else "r.day",
        is_foreign="false" if chosen.rates_on else "true",
    )


def _other_runs(prefix: str, value: str, *, join: str = "", conditions: str = "") -> str:
    return part("other_runs", p=prefix, value=value, join=join, conditions=conditions)


def _other_worth(made: Statement, prefix: str, days: str, *, first_place: int) -> str:
    """What whole accounts are worth at the ends `days`, a parameter's name, as the beginning of a union."""
    if not made.slice.is_direct:
        return ""
    return part("other_worth", p=prefix, days=f"%({days})s::date[]", first_place=str(first_place)) + "\n  union all"


def foreign_rows(made: Statement) -> str:
    """MRR of accounts with other currencies at the end of each period, for a statement with its ends."""
    return part("foreign", whole=_other_worth(made, "slice_", "ends", first_place=0))


def line_conditions(made: Statement, *, of: str = "") -> str:
    """The slice's conditions on lines `s`, as text to follow a WHERE; with `of` only those on that dimension."""
    text = ""
    for number, (one, values) in enumerate(made.slice.line_conditions()):
        if of and one.key != of:
            continue
        made.params[f"line_values_{number}"] = list(values)
        kind = "uuid[]" if one.key == PRODUCT else "text[]"
        text += f"\n    and {one.column} = any(%(line_values_{number})s::{kind})"
    return text


def now_tables(made: Statement) -> str:
    """`now_worth` and `foreign_now`, for a statement made `with_whole` and with its ends."""
    chosen = made.slice
    is_of_lines = bool(chosen.group and chosen.group.is_of_line)
    days, run = "slice_day", "slice_run"
    if chosen.account_dimensions:
        run, days = "whole_run", part("whole_days")
        if not chosen.is_of_lines:
            days = part("steady_whole_days", whole_days=days)
    return part(
        "now",
        now_days=days,
        now_run=run,
        now_value="value" if is_of_lines else NO_VALUE,
        now_value_of_run="r.value" if is_of_lines else NO_VALUE,
        whole=_other_worth(made, "whole_" if chosen.account_dimensions else "slice_", "throughs", first_place=1),
        is_converted="false" if chosen.rates_on else "true",
    )


def retained_tables(made: Statement) -> str:
    """`then_worth` and `foreign_then`, for a statement with its ends."""
    return part(
        "retained",
        whole=_other_worth(made, "slice_", "thens", first_place=1),
        is_converted="false" if made.slice.rates_on else "true",
    )


def cohort_tables(made: Statement) -> str:
    """`joined`: who began to pay for the lines of the slice, when, and to which group they belonged on that day."""
    chosen = made.slice
    value, member = "b.value", ""
    if chosen.account_dimensions:
        member = (
            "\n  join member m on m.account_id = b.account_id and m.from_day <= b.since "
            "and (m.until is null or m.until > b.since)"
        )
        value = "b.value" if chosen.group and chosen.group.is_of_line else "m.value"
    lines = "whole_moved" if chosen.account_dimensions else "slice_moved"
    begun = part("begun_lines", lines=lines) if chosen.is_of_lines else part("begun_accounts")
    is_of_lines = bool(chosen.group and chosen.group.is_of_line)
    same_value = " and p.value = j.value" if is_of_lines else ""
    return part("cohorts", value=value, begun=begun, member=member, same_value=same_value)


def committed_lines(made: Statement) -> str:
    """`committed_line`: lines signed and not begun, or known to end, by period, for a statement with its ends; of accounts
    that are in the slice on the period's last day.
    """
    chosen = made.slice
    is_of_lines = bool(chosen.group and chosen.group.is_of_line)
    value, member = chosen.group.column if chosen.group and is_of_lines else NO_VALUE, ""
    if chosen.account_dimensions:
        member = (
            "\n  join member m on m.account_id = s.account_id and m.from_day <= e.day "
            "and (m.until is null or m.until > e.day)"
        )
        value = value if is_of_lines else "m.value"
    return part(
        "committed_lines",
        value=value,
        member=member,
        conditions=line_conditions(made),
        rate_day="%(rates_on)s::date" if chosen.rates_on else "e.day",
    )


def retained_rows(made: Statement) -> str:
    chosen = made.slice
    is_of_lines = bool(chosen.group and chosen.group.is_of_line)
    return part("retained_rows", same_value=" and b.value = a.value" if is_of_lines else "")


def term_rows(made: Statement) -> str:
    """Term ends of the slice from %(first)s through %(last)s as of %(closed)s."""
    chosen = made.slice
    value, join, conditions, worth, renewed = NO_VALUE, "", "", "t.value", "t.value_renewed"
    if chosen.account_dimensions:
        join += (
            "\n  join member m on m.account_id = t.account_id and m.from_day <= t.day "
            "and (m.until is null or m.until > t.day)"
        )
        value = "m.value"
    group = chosen.group.key if chosen.group else ""
    keys = {group, *(one.key for one, _ in chosen.line_conditions())}
    if CURRENCY in keys:
        conditions = line_conditions(made, of=CURRENCY).replace("s.currency", "t.currency")
        value = "t.currency::text" if group == CURRENCY else value
    if PRODUCT in keys:
        join += "\n  " + part(
            "term_lines",
            product="s.product_id" if group == PRODUCT else "null::uuid",
            conditions=line_conditions(made, of=PRODUCT),
        )
        worth, renewed = (f"round(t.{name} * s.amount / s.total, 2)" for name in ("value", "value_renewed"))
        value = "s.product_id" if group == PRODUCT else value
    return part("term_rows", value=value, join=join, conditions=conditions, worth=worth, renewed=renewed)
