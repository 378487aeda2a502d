"""Archive bombs are refused before anything is unpacked into memory."""

import io
import zipfile
import zlib

from django.utils.translation import gettext as _

from jobs.imports.table import UnreadableFile

MAX_MEMBERS = 2_000
MAX_UNPACKED = 512 * 1024 * 1024
# Sheets of numbers shrink 5 to 40 times; deflate can go to 1,032.
MAX_RATIO = 150
SMALL = 1024 * 1024
PIECE = 256 * 1024


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, after its directory and its true sizes were checked; raises UnreadableFile."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFile("damaged", _("The file is damaged: its archive cannot be opened.")) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    # Members that overlap in the file pack more than there are bytes.
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or packed > len(content):
        raise bomb()
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableFile("encrypted", _("The file is protected by a password. Save it without one."))
        if member.file_size > SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise bomb()
    for member in members:
        _check_true_size(content, member)
    return archive


def bomb() -> UnreadableFile:
    return UnreadableFile("archive_bomb", _("The file unpacks to far more than its size and is not opened."))


def _check_true_size(content: bytes, member: zipfile.ZipInfo) -> None:
    """Inflate piece by piece and stop as soon as there is more than the directory said: a directory can lie."""
    if member.compress_type == zipfile.ZIP_STORED:
        if member.file_size != member.compress_size:
            raise bomb()
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableFile("damaged", _("The file is packed in a way that spreadsheets do not use."))
    start = member.header_offset
    header = content[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise UnreadableFile("damaged", _("The file is damaged: its archive cannot be opened."))
    start += 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    rest: bytes | memoryview = memoryview(content)[start : start + member.compress_size]
    inflate = zlib.decompressobj(-15)
    total = 0
    try:
        while rest and not inflate.eof:
            piece, feed = rest[:PIECE], rest[PIECE:]
            while piece:
                total += len(inflate.decompress(piece, PIECE))
                if total > member.file_size:
                    raise bomb()
                piece = inflate.unconsumed_tail
            rest = feed
    except zlib.error as error:
        raise UnreadableFile("damaged", _("The file is damaged: its archive cannot be opened.")) from error
