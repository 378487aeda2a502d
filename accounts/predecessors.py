"""Guessing which contract another one follows, where the ledger does not say. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# A contract that starts within a quarter of another's end, before or after, is taken for its renewal.
NEAR_DAYS = 92


@dataclass(frozen=True)
class Candidate:
    """A standing subscription, as far as guessing needs it."""

    pk: Any
    starts_on: dt.date
    ends_on: dt.date | None
    auto_renew: bool
    cancelled_on: dt.date | None
    renews_id: Any

    @property
    def awaits_renewal(self) -> bool:
        """Contracts under notice, open-ended ones and those that renew themselves do not wait for a successor."""
        return self.ends_on is not None and self.cancelled_on is None and not self.auto_renew


def likely_predecessors(contracts: Iterable[Candidate], *, asked: set, offered: set) -> list[tuple[Any, Any]]:
    """(contract, predecessor) ids for one account's contracts: each contract's nearest, and each predecessor once.

    asked: contracts that were asked about before. offered: predecessors in an open or confirmed proposal.
    """
    contracts = list(contracts)
    taken = {contract.renews_id for contract in contracts} | offered
    ended = [one for one in contracts if one.awaits_renewal and one.pk not in taken]
    pairs = []
    for contract in contracts:
        if contract.renews_id is not None or contract.pk in asked:
            continue
        near = [
            (gap, str(old.pk), old.pk)
            for old in ended
            if old.ends_on is not None
            and old.starts_on < contract.starts_on
            and (gap := abs((contract.starts_on - old.ends_on).days - 1)) <= NEAR_DAYS
        ]
        if near:
            gap, _order, predecessor = min(near)
            pairs.append((gap, str(contract.pk), contract.pk, predecessor))
    best: dict[Any, Any] = {}
    for _gap, _order, contract_pk, predecessor in sorted(pairs):
        best.setdefault(predecessor, contract_pk)
    return [(contract_pk, predecessor) for predecessor, contract_pk in best.items()]
