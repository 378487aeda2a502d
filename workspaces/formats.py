"""How figures, money and dates are written, per language. Plain values in, text out; nothing is rounded twice.

Languages are Django's codes ("en", "zh-hans"); numbers round half up, as accountants do. What is missing is DASH, never 0.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import get_currency_precision

type Number = Decimal | int
type Direction = Literal["up", "down", "flat"]
type Tone = Literal["good", "bad", "neutral"]
type DeltaKind = Literal["relative", "number", "points", "money"]

DASH = "—"
MINUS = "\u2212"
NO_BREAK = "\u00a0"

# Babel writes CN¥ outside China; our readers know which yen they mean, and JPY is the rarer one.
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "TWD": "NT$", "SGD": "S$"}

# (from this size on, divided by, unit)
STEPS_EN = (
    (Decimal(10**9), Decimal(10**9), "B"),
    (Decimal(10**6), Decimal(10**6), "M"),
    (Decimal(10**4), Decimal(10**3), "k"),
)
STEPS_ZH = ((Decimal(10**8), Decimal(10**8), "亿"), (Decimal(10**4), Decimal(10**4), "万"))


def is_chinese(language: str) -> bool:
    """True for every code of Chinese: zh, zh-hans, zh_CN."""
    return language.lower().startswith("zh")


def locale_of(language: str) -> Locale:
    """The Babel locale of a Django language code; English days come before months, as in 22 Nov 2026."""
    return Locale.parse("zh_Hans_CN" if is_chinese(language) else "en_GB")


def rounded(value: Number, places: int) -> Decimal:
    """`value` to `places` decimals, half up."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def grouped(value: Decimal) -> str:
    """The absolute value with a comma between thousands and its own decimals: 1,284,300.50."""
    return f"{abs(value):,f}"


def sign_of(value: Decimal, *, plus: bool) -> str:
    """The sign to write before `value`: a true minus, and a plus only where a change is meant."""
    if value < 0:
        return MINUS
    return "+" if plus and value > 0 else ""


def symbol(currency: str) -> str:
    """What stands before an amount: ¥, or the code and a space for currencies without a sign of their own here."""
    return SYMBOLS.get(currency, f"{currency}{NO_BREAK}")


def money(value: Number | None, currency: str, *, plus: bool = False, places: int | None = None) -> str:
    """An amount in full: ¥1,284,300, and ¥1,284,300.50 only when there are cents."""
    if value is None:
        return DASH
    amount = rounded(value, get_currency_precision(currency) if places is None else places)
    if places is None and amount == amount.to_integral_value():
        amount = amount.quantize(Decimal(1))
    return f"{sign_of(amount, plus=plus)}{symbol(currency)}{grouped(amount)}"


def short_number(value: Number, language: str) -> tuple[str, str]:
    """(digits, unit) of the absolute value, three figures or so: (1.28, M), (128.4, 万), (9,840, "")."""
    chinese = is_chinese(language)
    steps = STEPS_ZH if chinese else STEPS_EN
    size = abs(Decimal(value))
    for at, (least, divisor, unit) in enumerate(steps):
        if size < least:
            continue
        scaled = size / divisor
        places = 2 if scaled < 10 else 1 if chinese or scaled < 100 else 0
        shown = rounded(scaled, places)
        # 999,999 would read 1,000k: the next unit says it better.
        if at > 0 and shown * divisor >= steps[at - 1][0]:
            shown, unit = rounded(shown * divisor / steps[at - 1][1], 2), steps[at - 1][2]
        return _plain(shown), unit
    return grouped(rounded(size, 0)), ""


def _plain(value: Decimal) -> str:
    """Without trailing zeros behind the point, and never in exponent form."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_short(value: Number | None, currency: str, language: str, *, plus: bool = False) -> str:
    """An amount for a tile or a label: ¥1.28M; in Chinese 128.4万 (yuan is understood), $128.4万."""
    if value is None:
        return DASH
    digits, unit = short_number(value, language)
    mark = "" if is_chinese(language) and unit and currency == "CNY" else symbol(currency)
    return f"{sign_of(Decimal(value) if digits != '0' else Decimal(0), plus=plus)}{mark}{digits}{unit}"


def exact(value: Decimal) -> str:
    """A number with all its decimals and none that say nothing: 1,200, 0.0035."""
    return _plain(value)


def number(value: Number | None, *, places: int = 0, plus: bool = False) -> str:
    """A count or a ratio: 1,284 or 4.2."""
    if value is None:
        return DASH
    shown = rounded(value, places)
    return f"{sign_of(shown, plus=plus)}{grouped(shown)}"


def percent(value: Number | None, *, places: int = 1, plus: bool = False) -> str:
    """A share as a percentage: 0.0123 → 1.2 %."""
    if value is None:
        return DASH
    shown = rounded(Decimal(value) * 100, places)
    return f"{sign_of(shown, plus=plus)}{grouped(shown)}{NO_BREAK}%"


def points(value: Number | None, language: str, *, places: int = 1) -> str:
    """A difference between two shares: −0.3 pt, −0.3 个百分点."""
    if value is None:
        return DASH
    shown = rounded(Decimal(value) * 100, places)
    unit = "个百分点" if is_chinese(language) else "pt"
    return f"{sign_of(shown, plus=True)}{grouped(shown)}{NO_BREAK}{unit}"


def day(value: date | None, language: str) -> str:
    """A date in a sentence: 22 Nov 2026, 2026年11月22日."""
    if value is None:
        return DASH
    return format_date(value, "y年M月d日" if is_chinese(language) else "d MMM y", locale=_dates(language))


def day_short(value: date | None, language: str, *, this_year: int | None = None) -> str:
    """A date where the year is understood: 22 Nov, 11月22日; with its year when that is another one."""
    if value is None:
        return DASH
    if this_year is not None and value.year != this_year:
        return day(value, language)
    return format_date(value, "M月d日" if is_chinese(language) else "d MMM", locale=_dates(language))


def days(first: date, last: date, language: str) -> str:
    """A stretch of days: 13 Jan – 9 Feb 2025, 2025年1月13日 – 2月9日; with both years where they differ."""
    if first.year != last.year:
        return f"{day(first, language)} – {day(last, language)}"
    if is_chinese(language):
        return f"{day(first, language)} – {day_short(last, language)}"
    return f"{day_short(first, language)} – {day(last, language)}"


def table_day(value: date | None) -> str:
    """A date in a column, the same in every language: 2026-11-22."""
    return DASH if value is None else f"{value:%Y-%m-%d}"


def table_moment(value: datetime | None) -> str:
    """A date with its time of day in a column, the same in every language: 2026-11-22 14:05."""
    return DASH if value is None else f"{value:%Y-%m-%d %H:%M}"


def weekday(number: int, language: str) -> str:
    """A day of the week at the head of a column, 0 for Monday: Mon, 周一."""
    return get_day_names("abbreviated", locale=_dates(language))[number]


def moment(value: datetime | None, language: str) -> str:
    """A date with its time of day, in whatever zone `value` is: 22 Nov 2026, 14:05."""
    if value is None:
        return DASH
    clock = format_time(value.time(), "HH:mm", locale=_dates(language))
    return f"{day(value.date(), language)}{' ' if is_chinese(language) else ', '}{clock}"


def first_day(period: str | date) -> date:
    """The first day of "2026-01" or of the month of a date.

    Raises ValueError when the text is no month.
    """
    if isinstance(period, date):
        return period.replace(day=1)
    return datetime.strptime(period, "%Y-%m").date()


def period(value: str | date | None, language: str) -> str:
    """A month by name: January 2026, 2026年1月."""
    if value is None or value == "":
        return DASH
    return format_date(first_day(value), "y年M月" if is_chinese(language) else "MMMM y", locale=_dates(language))


def period_short(value: str | date | None, language: str) -> str:
    """A month on an axis: Jan 26, 26年1月."""
    if value is None or value == "":
        return DASH
    return format_date(first_day(value), "yy年M月" if is_chinese(language) else "MMM yy", locale=_dates(language))


def period_name(name: str, language: str) -> str:
    """A period as the API writes it, in words: January 2026, Q1 2026, 2026; 2026年1月, 2026年第1季度, 2026年."""
    year, _, part = name.partition("-")
    if not part:
        return f"{year}年" if is_chinese(language) else year
    if part.startswith("Q"):
        return f"{year}年第{part[1:]}季度" if is_chinese(language) else f"{part} {year}"
    return period(name, language)


def _dates(language: str) -> Locale:
    # British English writes Sept; three letters line up in tables.
    return locale_of(language) if is_chinese(language) else Locale.parse("en_US")


@dataclass(frozen=True)
class Delta:
    """A change and how to show it: which way, whether that is welcome, and the text with its sign."""

    direction: Direction
    tone: Tone
    text: str


def delta(
    value: Number | None,
    previous: Number | None,
    kind: DeltaKind,
    language: str,
    *,
    higher_is_better: bool | None = True,
    currency: str = "",
) -> Delta | None:
    """The change from `previous` to `value`, or None when there is nothing to compare.

    kind: "relative" in per cent of the previous value (None when that is 0), "points" between two shares, "number" as
    it is, "money" in `currency`. `higher_is_better` None: the change is neither good nor bad.
    """
    if value is None or previous is None:
        return None
    change = Decimal(value) - Decimal(previous)
    if kind == "relative":
        if previous == 0:
            return None
        text = percent(change / abs(Decimal(previous)), plus=True)
    elif kind == "points":
        text = points(change, language)
    elif kind == "money":
        text = money_short(change, currency, language, plus=True)
    else:
        places = 0 if change == change.to_integral_value() else 1
        text = number(change, places=places, plus=True)
    # What rounds to nothing is no change: "+0.0 %" with an arrow would contradict itself.
    if not any(digit in text for digit in "123456789"):
        return Delta("flat", "neutral", text)
    direction: Direction = "up" if change > 0 else "down"
    if higher_is_better is None:
        return Delta(direction, "neutral", text)
    return Delta(direction, "good" if (change > 0) == higher_is_better else "bad", text)


def initials(name: str) -> str:
    """One or two characters for an avatar: the last of a Chinese name's two, the first letters of a Latin one."""
    words = name.split()
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E7F:
        return words[0][0]
    return "".join(word[0] for word in (words[0], words[-1])[: min(2, len(words))]).upper()
