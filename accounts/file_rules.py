"""Which files may be attached: their size, their kind, and what becomes of their names. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

MAX_BYTES = 20 * 1024 * 1024
MOST_AT_ONCE = 10
LONGEST_NAME = 120

ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), (b"\xd0\xcf\x11\xe0",)
TEXT = ()
# What files of each ending begin with; () where nothing is prescribed.
KINDS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"), ZIP),
    # The WPS family writes either form.
    **dict.fromkeys(("doc", "xls", "ppt", "msg"), OLE),
    **dict.fromkeys(("wps", "et", "dps"), (*OLE, *ZIP)),
    "png": (b"\x89PNG\r\n\x1a\n",),
    **dict.fromkeys(("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    "gif": (b"GIF87a", b"GIF89a"),
    **dict.fromkeys(("csv", "txt", "md", "eml", "webp", "heic", "ofd", "rar", "7z", "mp3", "m4a", "mp4"), TEXT),
}
# What a browser or a system would run, whatever the ending says.
RUNS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"<!doctype html",
    b"<html",
    b"<svg",
    b"<script",
)


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and letters that turn the reading direction; its ending stays."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if unicodedata.category(letter) in ("Zl", "Zp", "Cc") else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn"))
    name = re.sub(r'[<>:"|?*]', "_", " ".join(name.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ') or _('File')}.{ending}"


def read_some(files: Iterable[Any]) -> list[tuple[str, bytes]]:
    """(name, content) of uploaded files, of each no more than tells that it is too large, and of no more of them than tells
    that they are too many: what is refused is not taken into memory first.
    """
    return [(file.name or "", file.read(MAX_BYTES + 1)) for file in islice(files, MOST_AT_ONCE + 1)]


def refusal(name: str, content: bytes) -> str:
    """Why a file of that cleaned name may not be attached, in words; "" when it may."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not content:
        return _("%(name)s is empty.") % {"name": name}
    if len(content) > MAX_BYTES:
        return _("%(name)s is larger than %(size)s MB.") % {"name": name, "size": MAX_BYTES // (1024 * 1024)}
    if ending not in KINDS:
        return _("Files of this kind are not kept: %(name)s.") % {"name": name}
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    begins = KINDS[ending]
    if (begins and not content.startswith(begins)) or any(start.startswith(mark.lower()) for mark in RUNS):
        return _("%(name)s is not what its ending says.") % {"name": name}
    return ""
