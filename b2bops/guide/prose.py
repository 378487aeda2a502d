"""The guides of docs/ as HTML. They are ours, so as much of Markdown as they are written in: headings, paragraphs, lists,
tables, code; bold, code and links within a line. Everything else is text, and all text is escaped.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\*(?P<thin>[^*\s][^*]*)\*|(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)"
)
FENCED = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r"(?P<mark>-|\d+\.) +(?P<text>.*)")
HEADING = re.compile(r"(?P<level>#{1,4}) +(?P<text>.*)")


@dataclass(frozen=True)
class Prose:
    """title: the heading of the whole. parts: (id, heading) of its chapters, in their order."""

    title: str
    html: SafeString
    parts: list[tuple[str, str]]


def prose(source: str, *, address: Callable[[str], str]) -> Prose:
    """address(target of a link) → where it leads here, "" when it leads nowhere and is only text."""
    writer = _Writer(address)
    # A fenced block keeps its empty lines; elsewhere they part paragraphs.
    for piece in FENCED.split(source.strip()):
        blocks = [piece] if piece.startswith("```") else re.split(r"\n{2,}", piece)
        for block in blocks:
            if lines := block.strip("\n").splitlines():
                writer.block(lines)
    return Prose(writer.title, mark_safe("\n".join(writer.out)), writer.parts)  # noqa: S308 - every text is escaped


class _Writer:
    def __init__(self, address: Callable[[str], str]):
        self.address = address
        self.title = ""
        self.parts: list[tuple[str, str]] = []
        self.out: list[str] = []

    def block(self, lines: list[str]) -> None:
        heading = HEADING.fullmatch(lines[0])
        if heading:
            self._heading(len(heading["level"]), heading["text"])
            if lines[1:]:
                self.block(lines[1:])
        elif lines[0].startswith("```"):
            code = "\n".join(line for line in lines[1:] if not line.startswith("```"))
            self.out.append(f"<pre><code>{escape(code)}</code></pre>")
        elif lines[0].startswith("|"):
            self._table(lines)
        elif ITEM.match(lines[0]):
            self._list(lines)
        elif text := self.inline(" ".join(line.strip() for line in lines)):
            self.out.append(f"<p>{text}</p>")

    def _heading(self, level: int, text: str) -> None:
        if level == 1:
            self.title = text
            return
        name = slugify(text, allow_unicode=True)
        if level == 2:
            self.parts.append((name, text))
        self.out.append(f'<h{level} id="{escape(name)}">{self.inline(text)}</h{level}>')

    def _list(self, lines: list[str]) -> None:
        items: list[str] = []
        for line in lines:
            if found := ITEM.match(line):
                items.append(found["text"])
            else:
                items[-1] += f" {line.strip()}"
        kind = "ul" if lines[0].startswith("-") else "ol"
        self.out.append(f"<{kind}>{''.join(f'<li>{self.inline(item)}</li>' for item in items)}</{kind}>")

    def _table(self, lines: list[str]) -> None:
        head, _rule, *rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        heads = "".join(f'<th scope="col">{self.inline(cell)}</th>' for cell in head)
        body = "".join(f"<tr>{''.join(f'<td>{self.inline(cell)}</td>' for cell in row)}</tr>" for row in rows)
        self.out.append(
            f'<div class="table-wrap" tabindex="0" role="region" aria-label="{escape(head[0])}">'
            f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        )

    def inline(self, text: str) -> str:
        out, at = [], 0
        for found in INLINE.finditer(text):
            out += [escape(text[at : found.start()]), self._marked(found)]
            at = found.end()
        return "".join([*out, escape(text[at:])])

    def _marked(self, found: re.Match) -> str:
        if found["code"]:
            return f"<code>{escape(found['code'])}</code>"
        if found["bold"]:
            return f"<strong>{self.inline(found['bold'])}</strong>"
        if found["thin"]:
            return f"<em>{self.inline(found['thin'])}</em>"
        if found["picture"]:
            return ""
        to, text = self.address(found["to"]), self.inline(found["text"])
        return f'<a class="link" href="{escape(to)}">{text}</a>' if to else text
