"""What people write in cells, one by one."""

from datetime import date
from decimal import Decimal

import pytest

from jobs.imports import values
from jobs.imports.dates import DMY, MDY, YMD, BadValue, possible_orders, to_date


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "2025年03月01日",
        "2025 3 1",
        "20250301",
        "2025-03-01T10:20:30Z",
        "2025/3/1 0:00:00",
        "1 Mar 2025",
        "1-Mar-25",
        "Mar 1, 2025",
        "March 1st, 2025",
        "01-03-2025",
        "1/3/2025",
        "1.3.25",
        "２０２５－０３－０１",
        " 2025-3-1 ",
    ],
)
def test_date_is_read(text):
    assert to_date(text, DMY) == date(2025, 3, 1)


def test_date_order_is_the_columns():
    assert to_date("03-01-2025", MDY) == date(2025, 3, 1)
    assert to_date("25-03-01", YMD) == date(2025, 3, 1)
    with pytest.raises(BadValue, match="choose the order"):
        to_date("03-01-2025", None)


@pytest.mark.parametrize(
    "text", ["29-02-2023", "2023-02-29", "31-04-2025", "2025年2月30日", "2025-13-01", "00-00-0000"]
)
def test_date_that_does_not_exist_is_refused(text):
    with pytest.raises(BadValue, match="there is no such day"):
        to_date(text, DMY)


def test_29_february_of_a_leap_year_is_a_day():
    assert to_date("29-02-2024", DMY) == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["soon", "2025", "2025-03", "Q1 2025", "1/2/3/4", "45717x"])
def test_text_that_is_no_date_is_refused(text):
    with pytest.raises(BadValue, match="is not a date"):
        to_date(text, DMY)


def test_date_of_a_workbook_needs_no_order_and_a_bare_number_is_no_date():
    assert to_date(date(2025, 3, 1), None) == date(2025, 3, 1)
    assert to_date(Decimal(20250301), None) == date(2025, 3, 1)
    with pytest.raises(BadValue, match="is a number, not a date"):
        to_date(Decimal(45717), None)


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        (["01-03-2025", "02-03-2025"], (DMY, MDY)),
        (["01-03-2025", "13-03-2025"], (DMY,)),
        (["01-03-2025", "03-13-2025"], (MDY,)),
        (["16-10-2024", "17-08-2023", "01-02-2024"], (DMY,)),
        (["25-03-01", "32-01-25"], (YMD,)),
        (["2025-03-01", "2025年3月2日", date(2025, 1, 1), ""], (YMD,)),
        # A slip among good ones: the order that most fit.
        (["13-01-2025", "14-01-2025", "12-31-2024"], (DMY,)),
        # One of each: nobody can know.
        (["13-01-2025", "12-31-2024"], (DMY, MDY)),
        (["31-31-2025"], (DMY, MDY)),
        # No such day, but no such month either way round.
        (["29-02-2023", "2024-01-01"], (DMY,)),
    ],
)
def test_order_comes_from_the_whole_column(cells, orders):
    assert possible_orders(cells) == orders


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("¥1,234.50", "1234.50"),
        ("￥12,345", "12345"),
        ("5万", "50000"),
        ("5 万元", "50000"),
        ("1.2亿", "120000000"),
        ("5千", "5000"),
        ("120万元", "1200000"),
        ("(1,234)", "-1234"),
        ("（１，２３４）", "-1234"),
        ("-5", "-5"),
        ("5-", "-5"),
        ("−5", "-5"),
        ("1,234.50元", "1234.50"),
        ("USD 1,200", "1200"),
        ("1200USD", "1200"),
        ("US$5", "5"),
        ("$-3", "-3"),
        ("RMB100", "100"),
        ("人民币100元整", "100"),
        ("１２３４", "1234"),
        ("1 234.5", "1234.5"),
        ("1'234", "1234"),
        ("1e5", "100000"),
        ("10k", "10000"),
        ("5w", "50000"),
        (".5", "0.5"),
        ("0", "0"),
        ("2786", "2786"),
    ],
)
def test_amount_is_read(text, amount):
    assert format(values.to_amount(text), "f").removesuffix(".0") == amount


@pytest.mark.parametrize(
    "text", ["abc", "12a", "1,23", "1.2.3", "--5", "伍万元", "1,00,000", "¥", "nan", "inf", "0x10", "9" * 50, "约5万"]
)
def test_text_that_is_no_amount_is_refused(text):
    with pytest.raises(BadValue, match="is not a number"):
        values.to_amount(text)


def test_decimal_comma_is_found_in_the_column():
    assert values.decimal_mark(["1.234,56", "12.345"]) == ","
    assert values.decimal_mark(["1,234", "12,345.5"]) == "."
    assert values.decimal_mark(["1,234"]) == "."
    assert [values.to_amount(text, ",") for text in ("1.234,5", "1.5E+10")] == [Decimal("1234.5"), Decimal("1.5E+10")]
    assert values.to_amount("12.345", ",") == Decimal(12345)
    assert values.to_amount("1.234,56", ",") == Decimal("1234.56")


def test_header_may_say_ten_thousands_and_a_cell_goes_before_it():
    assert [
        values.header_multiplier(text) for text in ("金额（万元）", "合同金额(万)", "金额", "总额 万元", "千元店")
    ] == [
        10_000,
        10_000,
        1,
        10_000,
        1,
    ]
    assert values.to_amount("1.5", multiplier=10_000) == Decimal(15000)
    assert values.to_amount(Decimal("1.5"), multiplier=10_000) == Decimal(15000)
    assert values.to_amount("1.5亿", multiplier=10_000) == Decimal(150_000_000)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("8.5折", "15"),
        ("85折", "15"),
        ("九折", "10"),
        ("八五折", "15"),
        ("打九五折", "5"),
        ("10折", "0"),
        ("八点五折", "15"),
        ("不打折", "0"),
        ("原价", "0"),
        ("15%", "15"),
        ("15 % off", "15"),
        ("-15%", "15"),
        ("15", "15"),
        ("0", "0"),
        ("１５％", "15"),
        ("12.5%", "12.5"),
    ],
)
def test_discount_is_what_is_taken_off(text, percent):
    assert values.to_discount(text) == Decimal(percent)


@pytest.mark.parametrize("text", ["105折", "折", "很多", "二十折"])
def test_text_that_is_no_discount_is_refused(text):
    with pytest.raises(BadValue):
        values.to_discount(text)


def test_share_below_one_is_asked_about_not_guessed():
    assert values.needs_scale(["15%", "0.15"])
    assert values.needs_scale([Decimal("0.06")])
    assert not values.needs_scale(["15%", "8.5折", "0", "1", Decimal(6)])
    with pytest.raises(BadValue, match="choose which"):
        values.to_discount("0.15")
    assert values.to_discount("0.15", values.FRACTION) == Decimal(15)
    assert values.to_discount("0.85", values.PAID_SHARE) == Decimal(15)
    assert values.to_percent(Decimal("0.06"), values.FRACTION) == Decimal(6)
    assert values.to_percent("0.5", values.AS_WRITTEN) == Decimal("0.5")
    assert values.to_percent("6%", values.FRACTION) == Decimal(6)
    with pytest.raises(BadValue, match="between 0 and 1"):
        values.to_percent("6", values.FRACTION)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("TRUE", True),
        ("是", True),
        ("Y", True),
        ("√", True),
        ("1", True),
        ("FALSE", False),
        ("否", False),
        ("n", False),
        ("0", False),
    ],
)
def test_truth_is_read(text, truth):
    assert values.to_boolean(text) is truth


def test_truth_that_is_neither_is_refused():
    with pytest.raises(BadValue, match="neither yes nor no"):
        values.to_boolean("perhaps")


def test_choice_is_matched_without_case_and_spaces():
    words = {"month": "month", "按月": "month", "halfyear": "half_year"}
    assert values.to_choice(" Month ", words) == "month"
    assert values.to_choice("Half-Year", words) == "half_year"
    with pytest.raises(BadValue, match="not one of the choices"):
        values.to_choice("daily", words)


def test_identifier_shortened_by_a_spreadsheet_is_refused():
    assert values.to_identifier(Decimal(1001)) == "1001"
    assert values.to_identifier("A-1") == "A-1"
    with pytest.raises(BadValue, match="has shortened this number"):
        values.to_identifier("9.1330E+17")
    assert values.to_identifier(Decimal("999999999999999")) == "999999999999999"
    with pytest.raises(BadValue, match="has shortened this number"):
        values.to_identifier(Decimal("1.23456789012346E+17"))


def test_whole_number_takes_a_counter_word():
    assert values.to_integer("1,200人") == 1200
    with pytest.raises(BadValue, match="not a whole number"):
        values.to_integer("1.5")
    with pytest.raises(BadValue, match="not a number"):
        values.to_integer("100-499")
