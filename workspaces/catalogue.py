"""The catalogue of translations: taking messages out of sources, merging, checking and compiling.

In place of gettext's binaries, which a fresh machine lacks: Django turns a template into calls that Babel reads.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SKIPPED = {"migrations", "tests", "node_modules", "frontend", "bench", "docs", "static", "staticfiles"}
TEMPLATES = {".html", ".txt"}
# Header lines that change with every run would make every run a difference.
RESTLESS = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team): .*\n',
    re.M,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}|%%")


def sources(root: Path) -> Iterator[Path]:
    """Python modules and templates that may hold messages, in a steady order."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part in SKIPPED or part.startswith(".") for part in parts):
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in parts):
            yield path


def extract_messages(root: Path) -> Catalog:
    """All messages of the sources under `root`, with the files they stand in."""
    catalog = Catalog(locale=LOCALE, project="B2BOps", version="1", copyright_holder="B2BOps", fuzzy=False)
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # In parentheses, because what is left of a template's lines is no legal indentation.
            text = "(" + templatize(text, origin=str(path)) + "\n)"
        found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, message, _comments, context in found:
            catalog.add(message, locations=[(path.relative_to(root).as_posix(), 0)], context=context)
    return catalog


def read_catalogue(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE, project="B2BOps", version="1", copyright_holder="B2BOps", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def merge(path: Path, template: Catalog) -> Catalog:
    """The catalogue at `path` with `template`'s messages: translations are kept, new ones empty, unused ones gone."""
    catalog = read_catalogue(path)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def write_catalogue(path: Path, catalog: Catalog) -> None:
    catalog.header_comment = "# Chinese translations of B2BOps, written by `manage.py translations --write`."
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, sort_output=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RESTLESS.sub("", out.getvalue().decode()), encoding="utf-8")


def compile_catalogue(path: Path) -> Path:
    """Write the .mo file that Django reads beside the .po file."""
    target = path.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, read_catalogue(path))
    return target


def faults(path: Path, template: Catalog) -> list[str]:
    """What is wrong with the catalogue at `path`, a line each; empty when nothing is."""
    catalog = read_catalogue(path)
    wanted, present = _by_key(template), _by_key(catalog)
    lines = []
    for key, message in wanted.items():
        mine = present.get(key)
        where = message.locations[0][0] if message.locations else ""
        if mine is None or not all(_strings(mine)):
            lines.append(f"missing: {_shown(message)} ({where})")
            continue
        if mine.fuzzy:
            lines.append(f"fuzzy: {_shown(message)} ({where})")
        if message.pluralizable and not mine.pluralizable:
            lines.append(f"no plural: {_shown(message)} ({where})")
        lines += [
            f"{fault}: {_shown(message)} → {text!r}" for text in _strings(mine) for fault in _differences(message, text)
        ]
    lines += [f"unused: {_shown(message)}" for key, message in present.items() if key not in wanted]
    return lines


def _by_key(catalog: Catalog) -> dict[tuple, Message]:
    # Babel looks singular and plural forms up by the singular.
    return {(message.context, _singular(message)): message for message in catalog if message.id}


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def _shown(message: Message) -> str:
    return repr(_singular(message))


def _differences(message: Message, text: str) -> Iterator[str]:
    source = message.id if isinstance(message.id, str) else message.id[-1]
    if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text)):
        yield "other placeholders"
    if source.startswith("\n") != text.startswith("\n") or source.endswith("\n") != text.endswith("\n"):
        yield "other line ends"
