"""Figures, money and dates as people read them, in both languages."""

import re
from datetime import date, datetime
from decimal import Decimal as D

import pytest
from django.conf import settings

from workspaces import formats
from workspaces.formats import DASH, Delta


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (D("1284300"), "CNY", "¥1,284,300"),
        (D("1284300.00"), "CNY", "¥1,284,300"),
        (D("1284300.5"), "CNY", "¥1,284,300.50"),
        (D("0.005"), "CNY", "¥0.01"),
        (D("0"), "CNY", "¥0"),
        (D("-6000"), "USD", "−$6,000"),
        (D("100.4"), "JPY", "JP¥100"),
        (D("12"), "CHF", "CHF\u00a012"),
        (None, "CNY", DASH),
    ],
)
def test_money_shows_cents_only_when_there_are_some(value, currency, text):
    assert formats.money(value, currency) == text


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (D("1284300"), "¥1.28M", "128.4万"),
        (D("128430000"), "¥128M", "1.28亿"),
        (D("12843000"), "¥12.8M", "1,284.3万"),
        (D("86400"), "¥86.4k", "8.64万"),
        (D("9840.4"), "¥9,840", "¥9,840"),
        (D("999999"), "¥1M", "100万"),
        (D("99999999"), "¥100M", "1亿"),
        (D("10000"), "¥10k", "1万"),
        (D("-18300"), "−¥18.3k", "−1.83万"),
        (D("0"), "¥0", "¥0"),
        (D("-0.2"), "¥0", "¥0"),
        (None, DASH, DASH),
    ],
)
def test_money_short_uses_the_units_of_the_language(value, english, chinese):
    assert formats.money_short(value, "CNY", "en") == english
    assert formats.money_short(value, "CNY", "zh-hans") == chinese


def test_money_short_names_a_foreign_currency_in_chinese():
    assert formats.money_short(D(1284300), "USD", "zh-hans") == "$128.4万"


def test_money_signed_writes_the_plus_of_a_gain():
    assert formats.money(D(6000), "CNY", plus=True) == "+¥6,000"
    assert formats.money_short(D(86400), "CNY", "en", plus=True) == "+¥86.4k"
    assert formats.money(D(0), "CNY", plus=True) == "¥0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (D("0.0123"), "1.2\u00a0%"),
        (D("0.0125"), "1.3\u00a0%"),
        (D(1), "100.0\u00a0%"),
        (D("-0.5"), "−50.0\u00a0%"),
        (None, DASH),
    ],
)
def test_percent_rounds_half_up(value, text):
    assert formats.percent(value) == text


def test_days_and_months_are_written_in_the_language():
    day = date(2026, 11, 2)
    assert formats.day(day, "en") == "2 Nov 2026"
    assert formats.day(day, "zh-hans") == "2026年11月2日"
    assert formats.day_short(day, "en", this_year=2026) == "2 Nov"
    assert formats.day_short(day, "zh-hans", this_year=2026) == "11月2日"
    assert formats.day_short(day, "en", this_year=2027) == "2 Nov 2026"
    assert formats.table_day(day) == "2026-11-02"
    assert formats.period("2026-01", "en") == "January 2026"
    assert formats.period(date(2026, 1, 31), "zh-hans") == "2026年1月"
    assert formats.period_short("2026-01", "en") == "Jan 26"
    assert formats.period_short("2026-01", "zh-hans") == "26年1月"
    assert formats.moment(datetime(2026, 11, 2, 4, 5), "en") == "2 Nov 2026, 04:05"
    assert formats.moment(datetime(2026, 11, 2, 4, 5), "zh-hans") == "2026年11月2日 04:05"


def test_missing_days_are_a_dash():
    assert formats.day(None, "en") == formats.table_day(None) == formats.period(None, "en") == DASH


def test_period_refuses_what_is_no_month():
    with pytest.raises(ValueError, match=r"remains|does not match"):
        formats.period("2026-13", "en")


@pytest.mark.parametrize(
    ("value", "previous", "kind", "better", "expected"),
    [
        (D(110), D(100), "relative", True, Delta("up", "good", "+10.0\u00a0%")),
        (D(90), D(100), "relative", True, Delta("down", "bad", "−10.0\u00a0%")),
        (D("0.007"), D("0.01"), "points", False, Delta("down", "good", "−0.3\u00a0pt")),
        (D(412), D(398), "number", True, Delta("up", "good", "+14")),
        (D("4.2"), D("3.8"), "number", None, Delta("up", "neutral", "+0.4")),
        (D(20000), D(10000), "money", False, Delta("up", "bad", "+¥10k")),
        (D(100), D(100), "relative", True, Delta("flat", "neutral", "0.0\u00a0%")),
        (D("100.001"), D(100), "relative", True, Delta("flat", "neutral", "0.0\u00a0%")),
    ],
)
def test_delta_says_direction_and_whether_it_is_welcome(value, previous, kind, better, expected):
    assert formats.delta(value, previous, kind, "en", higher_is_better=better, currency="CNY") == expected


@pytest.mark.parametrize(("value", "previous"), [(None, D(1)), (D(1), None), (D(1), D(0))])
def test_delta_is_none_without_something_to_compare(value, previous):
    assert formats.delta(value, previous, "relative", "en") is None


@pytest.mark.parametrize(
    ("name", "expected"), [("Chen Yu", "CY"), ("wang", "W"), ("蓝海物流", "蓝"), ("", "?"), ("Anna B. Cole", "AC")]
)
def test_initials_of_a_name(name, expected):
    assert formats.initials(name) == expected


def test_charts_write_the_signs_of_currencies_as_pages_do():
    script = (settings.BASE_DIR / "frontend/charts/tokens.js").read_text()
    (signs,) = re.findall(r"const symbols = \{(.*)\};", script)
    assert dict(re.findall(r'(\w+): "([^"]+)"', signs)) == formats.SYMBOLS
