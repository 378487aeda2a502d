"""Small files for tests, made as spreadsheets make them."""

import io

import xlsxwriter


def csv_bytes(*lines: str, encoding: str = "utf-8") -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_bytes(rows: list[list], *, sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    """A workbook whose last sheet holds `rows`; dates are written as dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name in sheets:
        sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()
