"""Small files for tests, made as spreadsheets make them."""

import base64
import io
import zipfile
import zlib

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


def rewritten(content: bytes, changes: dict[bytes, bytes]) -> bytes:
    """The archive with bytes within its members replaced, for what nothing that writes workbooks would write."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            for before, after in changes.items():
                member = member.replace(before, after)
            new.writestr(name, member)
    return out.getvalue()


# A workbook in the format of Excel 97, which WPS calls .et: 客户编号, 客户名称, 人数, 签约 and two rows. Nothing that is
# installed writes this format.
PACKED_XLS = (
    "c-rk)OK4L;6g~6u@+IGz7FwZ%f>mp?NL=WqjS5;&4E+dxK^v2Wv`tIUMHJd<%~B9tDQ+rNa8q^TU(lV1SkZ-05E5OwQBdrn&GXL9"
    "MAKTK0WCz{33F%eow;Xj-hAJCJrl@J-f1de2|8gx(Qv|6VH1>`WyKGwHw;-U=MGASiJF4bK?7;C;*sa2U5=p~?*cU3)}N6CK2SP>"
    "5yXensn9B72glGaWDFf71+J3Ci$;#Bj^%NdYgpdmmXBF(W6K4W9n>~24q+x1Z`-P7@d2%c>%5S>_t<BaEfLh?xtzsg7e%S9727i>"
    "`Uh*QqFHxi3N)ZysdOqMbsw(71!M`~p`maxnMaTYdkWu-5b(9Us-K2T`|8>S$Ue8&ZvTVbL4&x|eo51TaTv#Vk>ub;M3*(1xOR9;"
    "VjjDBTb4-&n;OQx_o<?1-{&lOJ&cc}C>uR<W7God2}djt(NlvxbA7BvNj(^ss!JXKykYnkZ5SS2NN$oz__!S4<>aS+=Wl*_vp3Nl"
    "JIa=Ej-+&ytdo($z**@*&R(vuu#`1z?6HaEIc8nU<tCOvn(LIecGs)It_f~)o@-mFpUsT7vGo<@4OGs3>bc*X`xx6u<>{`%>EQIc"
    "*d$u$XiJj6{7s-;w2Ld3B_71exlr5AdzOvAZ9xvruVOdUdFjJ~Ty%s0%aSIaj`*o*>RFXE3uzX`C6?h5%%!XLg1M}uJ)zhHb47W3"
    "eDy*j9?7CD!=f>ZO|g{5%dS{7X6dy`mRV-$)ar0oy3oe@3oe*2VZww76DCZUs6hz6f|jn`@>*$CS9-hpuCqX?XnrR7Z_$fk`kkbg"
    "%AH74o<X*%`O^TaD07Jw`jo#HO6;fJGZ;XE;~1!V{?ZGJsQf=GcJ%+fB~)$y#cJaG$Nm2RWC!Jm"
)


def xls_bytes() -> bytes:
    return zlib.decompress(base64.b85decode(PACKED_XLS))
