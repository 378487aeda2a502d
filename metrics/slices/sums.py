"""From what the statements of a slice answer to the sums of each group and period. Pure.

Periods are numbered from 1; 0 is everything before the first. Balances are running sums over what changed, and only
accounts with other currencies are looked at period by period.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from metrics.ratios import Sums

ZERO = Decimal("0.00")
KINDS = ("new", "expansion", "contraction", "churn", "reactivation", "entering", "leaving")


class Answer(NamedTuple):
    """A row that counts. what: which statement it is of. value: the group. place: the period, and before which one it ends
    (`last`) where it spans several. rows, came, first, second, third: a count and sums, by statement.
    """

    what: str
    value: str | None
    place: int
    last: int | None
    kind: str | None
    is_marked: bool
    rows: int
    came: int | None
    first: Decimal | None
    second: Decimal | None
    third: Decimal | None


class SliceSums(NamedTuple):
    """The sums of one group and period: those of every book, and what came and went without being won or lost."""

    sums: Sums
    entering: Decimal
    leaving: Decimal
    # How many movements there were of each kind, customers a year before, and accounts with anything committed.
    movements: Mapping[str, int]
    customers_then: int
    committed: Mapping[str, int]

    @property
    def fx(self) -> Decimal:
        sums = self.sums
        moved = sums.new + sums.expansion + sums.contraction + sums.churn + sums.reactivation
        return sums.mrr_end - sums.mrr_start - moved - self.entering - self.leaving


class Tally:
    """What one group comes to: a figure for each period, by name."""

    def __init__(self, periods: int):
        self.periods = periods
        self.moved = {kind: [ZERO] * (periods + 1) for kind in KINDS}
        self.moves = {kind: [0] * (periods + 1) for kind in KINDS}
        self.customers = [0] * (periods + 1)
        self.mrr = [ZERO] * (periods + 1)
        self.foreign = [ZERO] * (periods + 1)
        self.lost = [0] * (periods + 1)
        # By where it begins and ends; what is retained in a period is the running sum.
        self.retained = {name: [ZERO] * (periods + 2) for name in ("then", "now", "lesser")}
        self.customers_then = [0] * (periods + 2)
        self.due, self.renewed, self.open = [0] * (periods + 1), [0] * (periods + 1), [0] * (periods + 1)
        self.value_due, self.value_renewed = [ZERO] * (periods + 1), [ZERO] * (periods + 1)
        self.committed_new, self.committed_lost = [ZERO] * (periods + 1), [ZERO] * (periods + 1)
        self.with_new, self.with_lost = [0] * (periods + 1), [0] * (periods + 1)

    def add(self, answer: Answer) -> None:
        place = answer.place
        match answer.what:
            case "moved":
                if answer.kind and answer.first is not None:
                    self.moved[answer.kind][place] += answer.first
                    self.moves[answer.kind][place] += answer.rows
                self.customers[place] += answer.came or 0
                self.mrr[place] += ZERO if answer.is_marked else answer.first or ZERO
            case "foreign":
                self.foreign[place] += answer.first or ZERO
            case "lost":
                self.lost[place] += answer.rows
            case "then" | "now":
                amounts = (answer.first, answer.second, answer.third)
                for name, amount in zip(self.retained, amounts, strict=True):
                    self.retained[name][place] += amount or ZERO
                    self.retained[name][answer.last or place + 1] -= amount or ZERO
                if answer.what == "then":
                    self.customers_then[place] += answer.rows
                    self.customers_then[answer.last or place + 1] -= answer.rows
            case "terms":
                self.due[place] += answer.rows
                self.renewed[place] += answer.rows if answer.kind in ("successor", "itself") else 0
                self.open[place] += answer.rows if answer.is_marked else 0
                self.value_due[place] += answer.first or ZERO
                self.value_renewed[place] += answer.second or ZERO
            case "committed":
                self.with_new[place] += answer.rows
                self.with_lost[place] += answer.came or 0
                self.committed_new[place] += answer.first or ZERO
                self.committed_lost[place] += answer.second or ZERO

    def finished(self) -> None:
        """Turn changes into what stands at each end."""
        for place in range(1, self.periods + 1):
            self.customers[place] += self.customers[place - 1]
            self.mrr[place] += self.mrr[place - 1]
            self.customers_then[place] += self.customers_then[place - 1]
            for amounts in self.retained.values():
                amounts[place] += amounts[place - 1]
        self.mrr = [base + other for base, other in zip(self.mrr, self.foreign, strict=True)]

    def sums(self, place: int, **rest) -> SliceSums:
        """rest: spend, settings and monthly churn of the period, as `Sums` has them."""
        moved = {kind: amounts[place] for kind, amounts in self.moved.items()}
        entering, leaving = moved.pop("entering"), moved.pop("leaving")
        sums = Sums(
            mrr_start=self.mrr[place - 1],
            **moved,  # type: ignore[arg-type]  # the kinds of movements, all of them amounts
            mrr_end=self.mrr[place],
            customers_start=self.customers[place - 1],
            customers_end=self.customers[place],
            new_customers=self.moves["new"][place],
            churned_customers=self.lost[place],
            nrr_then=self.retained["then"][place],
            nrr_now=self.retained["now"][place],
            grr_now=self.retained["lesser"][place],
            contracts_due=self.due[place],
            contracts_renewed=self.renewed[place],
            contracts_open=self.open[place],
            value_due=self.value_due[place],
            value_renewed=self.value_renewed[place],
            committed_new=self.committed_new[place],
            committed_lost=self.committed_lost[place],
            **rest,
        )
        counts = {kind: numbers[place] for kind, numbers in self.moves.items()}
        committed = {"committed_new": self.with_new[place], "committed_lost": self.with_lost[place]}
        return SliceSums(sums, entering, leaving, counts, self.customers_then[place], committed)


def tallies(answers: Iterable[Answer], periods: int) -> dict[str | None, Tally]:
    """By group, finished."""
    found: dict[str | None, Tally] = {}
    for answer in answers:
        if answer.value not in found:
            found[answer.value] = Tally(periods)
        found[answer.value].add(answer)
    for tally in found.values():
        tally.finished()
    return found


def merged(parts: Sequence[Tally]) -> Tally:
    """Several groups as one."""
    whole = Tally(parts[0].periods)
    for name, amounts in vars(whole).items():
        if isinstance(amounts, list):
            setattr(
                whole, name, [sum(at, start=amounts[0]) for at in zip(*(vars(one)[name] for one in parts), strict=True)]
            )
        elif isinstance(amounts, dict):
            for key in amounts:
                amounts[key] = [
                    sum(at, start=amounts[key][0]) for at in zip(*(vars(one)[name][key] for one in parts), strict=True)
                ]
    return whole
