"""Text files to rows of cells: which encoding, which separator, and rows that are broken named by their number."""

import codecs
import csv
import io
import re

import charset_normalizer
from django.utils.translation import gettext as _

from jobs.imports.table import MAX_BYTES, Problem, UnreadableFile

SEPARATORS = ",;\t|"
SAMPLE_LINES = 200
BROKEN_ROWS = 1_000
MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# First bytes of what people upload by mistake.
OTHER_TYPES = [
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
]
MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|table|svg)", re.IGNORECASE)
# A field longer than the default limit is one odd cell, not an unreadable file.
csv.field_size_limit(MAX_BYTES)


def refuse_other_types(content: bytes) -> None:
    """Raise UnreadableFile for what is plainly no table."""
    for magic, name in OTHER_TYPES:
        if content.startswith(magic):
            raise _wrong_type(name)
    if MARKUP.match(content[:200].removeprefix(codecs.BOM_UTF8)):
        raise UnreadableFile(
            "wrong_type",
            _(
                "This is a web page or XML, whatever its name says. Open it in a spreadsheet and save it as xlsx or CSV."
            ),
        )
    if content[:200].removeprefix(codecs.BOM_UTF8).lstrip()[:2] in (b'{"', b"[{", b"{\n", b"{\r"):
        raise _wrong_type("JSON")


def _wrong_type(name: str) -> UnreadableFile:
    return UnreadableFile(
        "wrong_type", _("This is a file of type %(type)s, not a table. Upload CSV or Excel.") % {"type": name}
    )


def decode(content: bytes) -> tuple[str, str]:
    """(text, name of the encoding). Bytes that nothing explains become U+FFFD, which the caller reports by row."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding.removesuffix("-sig")
    if utf16 := _utf16_without_mark(content):
        return content.decode(utf16, "replace"), utf16
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(content)
    _refuse_binary(text)
    return text, "utf-8"


def _utf16_without_mark(content: bytes) -> str | None:
    head = content[:4000]
    if len(head) < 4 or b"\0" not in head:
        return None
    half = len(head) // 2
    if head[1::2].count(0) > 0.3 * half and head[::2].count(0) < 0.02 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.3 * half and head[1::2].count(0) < 0.02 * half:
        return "utf-16-be"
    return None


def _refuse_binary(text: str) -> None:
    head = text[:20_000]
    strange = sum(1 for sign in head if sign < " " and sign not in "\t\r\n\x0b\x0c\0")
    if strange > max(5, len(head) // 50):
        raise _wrong_type(_("binary"))


def _decode_legacy(content: bytes) -> tuple[str, str]:
    """GB18030 when its Chinese looks written by people; else what charset-normalizer finds; else UTF-8 with gaps."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and _is_common_chinese(text):
        _refuse_binary(text)
        return text, "gb18030"
    # A UTF-8 file with a few broken bytes is still UTF-8.
    patched = content.decode("utf-8", "replace")
    wide = sum(1 for sign in patched if sign > "\x7f")
    if patched.count("\ufffd") <= max(3, wide // 20) and wide > 20:
        return patched, "utf-8"
    loose = content.decode("gb18030", "replace")
    if loose.count("\ufffd") <= max(3, len(loose) // 500) and _is_common_chinese(loose):
        return loose, "gb18030"
    found = charset_normalizer.from_bytes(content[:200_000]).best()
    encoding = found.encoding if found else "cp1252"
    text = content.decode(encoding, "replace")
    _refuse_binary(text)
    return text, encoding


def _is_common_chinese(text: str) -> bool:
    """Most of what is not ASCII is of the 3,755 commonest characters or Chinese punctuation.

    Nearly any bytes decode as GB18030; what was not written in it comes out as rare characters.
    """
    wide = [sign for sign in text[:200_000] if sign > "\x7f"]
    if not wide:
        return False
    common = 0
    for sign in wide:
        try:
            high = sign.encode("gb2312")[0]
        except UnicodeEncodeError:
            continue
        if 0xB0 <= high <= 0xD7 or 0xA1 <= high <= 0xA3:
            common += 1
    return common >= 0.8 * len(wide)


def find_separator(text: str) -> str:
    """The separator that cuts the first lines into the most even rows of more than one cell; a comma when none does."""
    lines = [line for line in _first_lines(text) if line.strip()]
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=wide.count)
        score = wide.count(usual) / len(widths) + min(usual, 50) / 1000
        if score > best_score:
            best, best_score = separator, score
    return best


def _first_lines(text: str) -> list[str]:
    lines = []
    for line in io.StringIO(text[:1_000_000], newline=""):
        lines.append(line)
        if len(lines) == SAMPLE_LINES:
            break
    return lines


def read_text(content: bytes) -> tuple[list[list[str]], list[Problem], list[str]]:
    """(rows, problems, notes). Row i + 1 of the file is rows[i]; a row that cannot be read is empty and has a problem."""
    refuse_other_types(content)
    text, encoding = decode(content)
    notes = [] if encoding == "utf-8" else [_("Read as %(encoding)s.") % {"encoding": encoding.upper()}]
    text = text.replace("\0", "")
    lines = list(io.StringIO(text, newline=""))
    start = 0
    separator = ""
    if lines and (hint := re.fullmatch(r"sep=(.?)\r?\n?", lines[0])):
        # A quotation mark or the end of the line cannot be one; the line is no row all the same.
        separator, start = hint[1].strip('"\r'), 1
    separator = separator or find_separator("".join(lines[start : start + SAMPLE_LINES]))
    if separator != ",":
        notes.append(
            _("Cells are separated by “%(separator)s”.") % {"separator": "Tab" if separator == "\t" else separator}
        )
    rows: list[list[str]] = [[]] * start
    problems: list[Problem] = []
    while start < len(lines):
        reader = csv.reader(lines[start:] if start else lines, delimiter=separator, strict=True)
        done = 0
        try:
            for row in reader:
                rows.append(row)
                done = reader.line_num
            break
        except csv.Error:
            # Only the row that is broken is given up: go on with the line after the one where it began.
            rows.append([])
            problems.append(
                Problem(len(rows), None, _("A quotation mark in this row is never closed or stands inside a cell."))
            )
            start += done + 1
            if len(problems) > BROKEN_ROWS:
                raise UnreadableFile(
                    "damaged", _("More than %(count)s rows have broken quotation marks.") % {"count": BROKEN_ROWS}
                ) from None
    return rows, problems, notes
