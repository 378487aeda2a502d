"""Text → amounts, discounts, percents, truth values and choices, as people write them in ledgers. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from jobs.imports.dates import BadValue, shown
from jobs.imports.table import Cell

TENS = {"百": 2, "千": 3, "k": 3, "万": 4, "w": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
CURRENCY_SIGNS = re.compile(
    r"人民币|美元|欧元|港元|港币|日元|英镑|圆整|元整|元|圆|整|RMB|CNY|[A-Z]{3}(?=[\d.(-])|(?<=[\d.)万亿千])[A-Z]{3}$|(?:US|HK|S|A)?[$]|[¥€£]"
)
UNIT = re.compile(r"(千万|百万|十万|亿|億|万|萬|千|百|k|w)$", re.I)
DOTTED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+")
COMMAED = re.compile(r"\d{1,3}(\.\d{3})+(,\d*)?|\d+(,\d*)?|,\d+")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,2}")
SHORTENED_ID = re.compile(r"\d([.,]\d+)?[eE]\+\d+")
NOTHING = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "n/a",
    "na",
    "#n/a",
    "null",
    "none",
    "nil",
    "无",
    "空",
    "(blank)",
    "nan",
}
TRUE = {"true", "t", "yes", "y", "1", "是", "真", "对", "有", "√", "✓", "✔", "on"}
FALSE = {"false", "f", "no", "n", "0", "否", "假", "错", "无", "没有", "×", "✗", "✘", "x", "off"}
NO_DISCOUNT = {"无折扣", "不打折", "原价", "全价", "无优惠"}
# Spreadsheets keep fifteen digits of a number; an id of more ends in noughts that are not its own.
TOO_LONG_A_NUMBER = Decimal(10) ** 15
CHINESE_DIGITS = {sign: str(n) for n, sign in enumerate("零一二三四五六七八九")} | {"点": ".", "两": "2", "〇": "0"}
LONGEST_NUMBER = 40
AS_WRITTEN, FRACTION, PAID_SHARE = "percent", "fraction", "paid"


def is_nothing(cell: Cell) -> bool:
    """What people write where there is no value, in cells that are not free text."""
    return isinstance(cell, str) and cell.strip().lower() in NOTHING


def to_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    return cell.isoformat() if isinstance(cell, date) else format(cell, "f")


def to_identifier(cell: Cell) -> str:
    """An id, code or phone number; refused when a spreadsheet has cut its digits."""
    text = to_text(cell)
    is_cut = isinstance(cell, Decimal) and abs(cell) >= TOO_LONG_A_NUMBER
    if is_cut or SHORTENED_ID.fullmatch(text):
        raise BadValue(
            _("“%(text)s”: the spreadsheet has shortened this number. Format the column as text and fill it again.")
            % {"text": shown(text)}
        )
    return text


def _folded(text: str) -> str:
    """Full-width signs made narrow, spaces and quotes between digits removed."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return re.sub(r"[\s'’_]", "", text)


def decimal_mark(cells: Iterable[Cell]) -> str:
    """``.`` or ``,``: the decimal mark of a column. A comma only when some cell cannot be read otherwise."""
    for text in {cell for cell in cells if isinstance(cell, str) and "," in cell}:
        _sign, body, _tens = _parts(text)
        if COMMAED.fullmatch(body) and not DOTTED.fullmatch(body):
            return ","
    return "."


def _parts(text: str) -> tuple[int, str, int]:
    """(sign, digits with their marks, power of ten of a unit such as 万) of an amount."""
    body = CURRENCY_SIGNS.sub("", _folded(text))
    sign = 1
    if body.startswith("(") and body.endswith(")"):
        sign, body = -1, body[1:-1]
    body = CURRENCY_SIGNS.sub("", body)
    if body[:1] in "+-" and body:
        sign, body = (-sign if body[0] == "-" else sign), body[1:]
    elif body.endswith("-"):
        sign, body = -sign, body[:-1]
    tens = 0
    if match := UNIT.search(body):
        tens = TENS[match[1].lower().replace("億", "亿").replace("萬", "万")]
        body = body[: match.start()]
    return sign, body, tens


def to_amount(cell: Cell, mark: str = ".", multiplier: int = 1) -> Decimal:
    """An amount of money or another number. multiplier: what the header says (万元 → 10,000); a unit in the cell goes
    before it. Raises BadValue.
    """
    if isinstance(cell, Decimal):
        return cell * multiplier
    if isinstance(cell, date):
        raise BadValue(_("“%(text)s” is a date, not a number.") % {"text": shown(cell)})
    sign, body, tens = _parts(cell)
    pattern = COMMAED if mark == "," else DOTTED
    is_scientific = SCIENTIFIC.fullmatch(body) is not None
    if len(body) > LONGEST_NUMBER or not (is_scientific or pattern.fullmatch(body)):
        raise BadValue(_("“%(text)s” is not a number.") % {"text": shown(cell)})
    if not is_scientific:  # whose point is the decimal mark, whatever the column's is
        body = body.replace(".", "").replace(",", ".") if mark == "," else body.replace(",", "")
    try:
        number = sign * Decimal(body)
    except InvalidOperation as error:
        raise BadValue(_("“%(text)s” is not a number.") % {"text": shown(cell)}) from error
    return number.scaleb(tens) + 0 if tens else number * multiplier


def header_multiplier(header: str) -> int:
    """What a header says its amounts are in: 金额（万元） → 10,000."""
    if match := re.search(r"(千万|百万|万|千|亿)\s*元?\s*[)）\]】]|\((万|千|k|w)\)", header, re.I):
        return 10 ** TENS[(match[1] or match[2]).lower()]
    return 10_000 if header.rstrip().endswith("万元") else 1


def to_integer(cell: Cell, mark: str = ".") -> int:
    if isinstance(cell, str):
        cell = re.sub(r"(人|名|个|家|people|employees|seats?)$", "", cell.strip(), flags=re.I)
    number = to_amount(cell, mark)
    if number != number.to_integral_value():
        raise BadValue(_("“%(text)s” is not a whole number.") % {"text": shown(cell)})
    return int(number)


def needs_scale(cells: Iterable[Cell]) -> bool:
    """True when a column of percents or discounts holds bare numbers between 0 and 1: 0.06 may be 6 % or 0.06 %."""
    for cell in cells:
        if isinstance(cell, str):
            try:
                cell = Decimal(_folded(cell))
            except InvalidOperation:
                continue
        if isinstance(cell, Decimal) and cell.is_finite() and 0 < cell < 1:
            return True
    return False


def to_percent(cell: Cell, scale: str | None = None, mark: str = ".") -> Decimal:
    """6%, 6, 0.06 (with scale="fraction") → 6."""
    if isinstance(cell, str):
        text = _folded(cell)
        if text.endswith("%") or text.endswith("个点"):
            return to_amount(text.removesuffix("%").removesuffix("个点"), mark)
    number = to_amount(cell, mark)
    if scale in (FRACTION, PAID_SHARE):
        if not 0 <= number <= 1:
            raise BadValue(_("“%(text)s” is not a share between 0 and 1.") % {"text": shown(cell)})
        return number * 100 if scale == FRACTION else 100 - number * 100
    if scale is None and 0 < number < 1:
        raise BadValue(
            _("“%(text)s” may be a share or a percentage: choose which for this column, or write 6%%.")
            % {"text": shown(cell)}
        )
    return number


def to_discount(cell: Cell, scale: str | None = None, mark: str = ".") -> Decimal:
    """Percent taken off: 8.5折, 85折 and 八五折 → 15; 15% and 15 → 15; 原价 → 0."""
    if isinstance(cell, str):
        text = _folded(cell).lower()
        if text in NO_DISCOUNT:
            return Decimal(0)
        if text.endswith("折"):
            return _from_zhe(text.removesuffix("折"), cell)
        cell = text.removesuffix("off")
        if cell.startswith("-") and cell.endswith("%"):
            cell = cell[1:]
    return to_percent(cell, scale, mark)


def _from_zhe(text: str, cell: Cell) -> Decimal:
    """折 says what is paid: 8.5 折 and 85 折 are both 85 percent of the price."""
    digits = "".join(CHINESE_DIGITS.get(sign, sign) for sign in text.removeprefix("打"))
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", digits):
        raise BadValue(_("“%(text)s” is not a discount.") % {"text": shown(cell)})
    paid = Decimal(digits)
    if paid <= 10:
        paid *= 10
    if paid > 100:
        raise BadValue(_("“%(text)s” is not a discount.") % {"text": shown(cell)})
    return (100 - paid).normalize() + 0


def to_boolean(cell: Cell, words: Mapping[str, str] | None = None) -> bool:
    """words: more texts of this field (含税 → true), normalised, as for `to_choice`."""
    text = to_text(cell).strip().lower()
    if words and text in words:
        return words[text] == "true"
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise BadValue(_("“%(text)s” is neither yes nor no.") % {"text": shown(text)})


def choice_key(text: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text)).lower()


def to_choice(cell: Cell, words: Mapping[str, str]) -> str:
    """The code of a choice. words: `choice_key` of every way to write it → code."""
    text = to_text(cell)
    try:
        return words[choice_key(text)]
    except KeyError:
        raise BadValue(_("“%(text)s” is not one of the choices.") % {"text": shown(text)}) from None


def to_list(cell: Cell, separators: str = ";；、|\n") -> list[str]:
    return [part.strip() for part in re.split(f"[{re.escape(separators)}]", to_text(cell)) if part.strip()]
