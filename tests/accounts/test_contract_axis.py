import datetime as dt
from decimal import Decimal

from accounts.contract_axis import BAR, HEAD, LANE, Span, draw

TODAY = dt.date(2026, 3, 31)


def day(text):
    return dt.date.fromisoformat(text)


def span(key, starts_on, until, **more):
    return Span(key, day(starts_on), day(until) if until else None, label=str(key), title=str(key), **more)


def lanes_of(*spans):
    return {bar.span.key: bar.lane for bar in draw(spans, TODAY).bars}


def test_nothing_to_draw():
    assert draw([], TODAY) is None


def test_a_chain_of_renewals_keeps_one_lane():
    assert lanes_of(
        span("a", "2023-01-01", "2023-12-31"),
        span("other", "2023-06-01", "2024-05-31"),
        span("b", "2024-01-01", "2024-12-31", follows="a"),
        span("c", "2025-01-01", None, follows="b"),
    ) == {"a": 0, "b": 0, "c": 0, "other": 1}


def test_contracts_at_the_same_time_stand_under_each_other():
    assert lanes_of(*(span(n, "2025-01-01", "2025-12-31") for n in range(4))) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_a_second_successor_of_one_contract_gets_its_own_lane():
    assert lanes_of(
        span("a", "2023-01-01", "2023-12-31"),
        span("b", "2024-01-01", "2024-12-31", follows="a"),
        span("c", "2024-01-01", "2024-12-31", follows="a"),
    ) == {"a": 0, "b": 0, "c": 1}


def test_a_free_lane_is_used_again():
    assert lanes_of(span("a", "2023-01-01", "2023-03-31"), span("b", "2024-01-01", "2024-12-31")) == {"a": 0, "b": 0}


def test_bars_stand_where_their_days_are():
    axis = draw([span("a", "2025-03-31", "2026-03-30"), span("b", "2026-03-31", None, follows="a")], TODAY)
    first, second = axis.bars
    share = lambda text: Decimal(text.rstrip("%"))  # noqa: E731
    assert abs(share(first.x) + share(first.width) - share(second.x)) < Decimal("0.2")
    assert second.x == axis.today
    assert second.is_open
    assert abs(share(second.x) + share(second.width) - 100) < Decimal("0.2")
    assert (first.y, axis.height) == (HEAD + (LANE - BAR) // 2, HEAD + LANE + 20)


def test_a_mistyped_year_does_not_squeeze_the_rest():
    axis = draw([span("a", "2025-01-01", "2025-12-31"), span("b", "2025-01-01", "2999-12-31")], TODAY)
    assert Decimal(axis.bars[0].width.rstrip("%")) > 14


def test_ticks_are_quarters_on_a_short_axis_and_years_on_a_long_one():
    short = draw([span("a", "2026-01-10", "2026-12-31")], TODAY)
    assert [tick.label for tick in short.ticks] == ["2026", "2026-04", "2026-07", "2026-10"]
    long = draw([span("a", "2012-01-10", "2026-12-31")], TODAY)
    assert [tick.label for tick in long.ticks] == ["2012", "2014", "2016", "2018", "2020", "2022", "2024", "2026"]
