"""Small random books of contracts, dense in what goes wrong: ends and starts side by side, months' last days, notice
around term ends, successors, several currencies, back-to-back lines, amounts that round to nothing.
"""

import datetime as dt

from hypothesis import strategies as st

START = dt.date(2024, 1, 1)
ACCOUNTS = ["a", "b", "c"]
AMOUNTS = ["0", "0.01", "0.05", "7", "99.99", "100", "1234.56", "10000.005"]


def day(offset: int | None) -> str | None:
    return None if offset is None else (START + dt.timedelta(days=offset)).isoformat()


# Days cluster on month ends and on a few days that contracts share.
OFFSETS = st.one_of(st.integers(0, 420), st.sampled_from([0, 30, 31, 59, 60, 90, 91, 120, 181, 182, 365, 366]))


@st.composite
def lines(draw, starts: int, ends: int | None):
    own_start = own_end = None
    if draw(st.integers(0, 3)) == 0:
        own_start = starts + draw(st.integers(0, 60))
    if draw(st.integers(0, 3)) == 0:
        own_end = (own_start or starts) + draw(st.integers(0, 120))
    if ends is not None:
        own_start = None if own_start is None else min(own_start, ends)
        own_end = None if own_end is None else min(own_end, ends)
    intervals = ["week", "month", "quarter", "half_year", "year"] + (["term"] if ends is not None else [])
    return {
        "product": "core",
        "quantity": draw(st.sampled_from([1, 1, 3, 37])),
        "unit_amount": draw(st.sampled_from(AMOUNTS)),
        "interval": draw(st.sampled_from(intervals)),
        "interval_months": draw(st.sampled_from([None, None, None, 4, 7])),
        "discount_percent": draw(st.sampled_from(["0", "0", "12.5", "33.3", "100"])),
        "starts_on": day(own_start),
        "ends_on": day(own_end),
    }


@st.composite
def contracts(draw, number: int, earlier: list[dict]):
    account = draw(st.sampled_from(ACCOUNTS))
    before = [row for row in earlier if row["account"] == account and row["kind"] == "subscription"]
    renews = draw(st.sampled_from([None, *before])) if before else None
    starts = draw(OFFSETS)
    if renews:
        ended = dt.date.fromisoformat(renews["ends_on"] or renews["starts_on"])
        starts = max((ended - START).days + draw(st.integers(-20, 45)), 0)
    length = draw(st.sampled_from([None, 0, 10, 27, 28, 29, 30, 59, 89, 90, 180, 365]))
    ends = None if length is None else starts + length
    notice = None
    if ends is not None and draw(st.integers(0, 2)) == 0:
        notice = max(ends + draw(st.integers(-40, 60)), starts)
    signed = draw(st.sampled_from([None, None, -50, -10, 0, 6]))
    is_taxed = draw(st.booleans())
    return {
        "external_id": f"c{number}",
        "account": account,
        "kind": draw(st.sampled_from(["subscription"] * 9 + ["project"])) if not renews else "subscription",
        "currency": draw(st.sampled_from(["CNY", "CNY", "USD", "EUR"])),
        "signed_on": None if signed is None else day(starts + signed),
        "starts_on": day(starts),
        "ends_on": day(ends),
        "auto_renew": draw(st.booleans()),
        "cancelled_on": day(notice),
        "renews": renews["external_id"] if renews else None,
        "tax_included": is_taxed,
        "tax_rate_percent": "13" if is_taxed else None,
        "lines": draw(st.lists(lines(starts, ends), min_size=1, max_size=2)),
    }


@st.composite
def rates(draw):
    first = [{"currency": money, "date": "2020-01-01", "rate": rate} for money, rate in (("USD", "7"), ("EUR", "8"))]
    later = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(["USD", "EUR"]), OFFSETS),
            st.sampled_from(["0.0001", "6.9001", "7.12345678", "7.25", "8.005"]),
            max_size=4,
        )
    )
    return first + [{"currency": money, "date": day(offset), "rate": rate} for (money, offset), rate in later.items()]


@st.composite
def spend(draw):
    days = draw(st.lists(OFFSETS, max_size=3, unique=True))
    return [{"date": day(offset), "channel": "search", "amount": f"{100 + offset}.07"} for offset in days]


@st.composite
def settings(draw):
    """Choices from some days on, each saying only what it changes."""
    values = st.fixed_dictionaries(
        {},
        optional={
            "renewal_grace_days": st.sampled_from([0, 10, 45]),
            "gross_margin_percent": st.sampled_from([60, 90]),
            "cac_lag_months": st.sampled_from([0, 1, 3]),
            "ltv_churn_months": st.sampled_from([2, 6]),
            "nrr_window_months": st.sampled_from([1, 6, 12]),
            "reactivation_after_days": st.sampled_from([None, 1, 20, 90]),
            "churn_timing": st.sampled_from(["notice", "service_end"]),
        },
    ).filter(bool)
    days = draw(st.lists(OFFSETS, max_size=2, unique=True))
    return [{"effective_from": day(offset), **draw(values)} for offset in days]


@st.composite
def books(draw):
    """As in tests/golden, without what is expected."""
    rows: list[dict] = []
    for number in range(draw(st.integers(1, 6))):
        rows.append(draw(contracts(number, rows)))
    return {
        "workspace": {
            "base_currency": "CNY",
            "timezone": "Asia/Shanghai",
            "renewal_grace_days": draw(st.sampled_from([0, 1, 30])),
            "gross_margin_percent": 75,
            "cac_lag_months": draw(st.sampled_from([0, 1, 2])),
            "ltv_churn_months": draw(st.sampled_from([1, 3, 12])),
            "fiscal_year_start_month": draw(st.sampled_from([1, 1, 4, 12])),
        },
        "accounts": [{"external_id": key, "name": key} for key in ACCOUNTS],
        "contracts": rows,
        "fx_rates": draw(rates()),
        "spend": draw(spend()),
        "settings": draw(settings()),
    }


# A last closed day: in the middle of a month or at the end of one, late enough for a year's retention sometimes.
UNTIL = st.one_of(
    st.integers(0, 480).map(lambda offset: START + dt.timedelta(days=offset)),
    st.sampled_from([dt.date(2024, 12, 31), dt.date(2025, 2, 28), dt.date(2025, 3, 31)]),
)
