"""The guides call buttons, pages and settings what the product calls them, in both languages."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

DOCS = settings.BASE_DIR / "docs"
CATALOG = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# Emphasised or quoted, and no words of the interface.
OTHER = {
    "guide.en.md": {
        "which accounts",
        "how a list is looked at",
        "leaving",
        "subscription",
        "not attributable",
        "Select all … that match",
        "Move to…",
    },
    "guide.zh.md": {"i", "…", "加签", "签名校验", "选择全部符合条件的 … 家"},
    "administration.en.md": {"your name", "choice", "person", "members", "managers"},
    "administration.zh.md": {"i"},
}


def words_of_the_interface() -> tuple[set[str], set[str]]:
    """(English, Chinese): all that the pages say."""
    english, chinese = set(), set()
    with CATALOG.open("rb") as file:
        for message in read_po(file):
            for texts, ours in ((message.id, english), (message.string, chinese)):
                ours |= set(texts if isinstance(texts, (list, tuple)) else [texts])
    return english, chinese


def plain(word: str) -> str:
    """Without what a sentence makes of it: its first letter, an icon's sign before it, dots after it."""
    return word.strip().removeprefix("+ ").rstrip("…").lower()


@pytest.mark.parametrize("name", sorted(OTHER))
def test_guides_use_the_words_of_the_pages(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    english, chinese = words_of_the_interface()
    if ".en." in name:
        said = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", re.sub(r"\*\*[^*]+\*\*", "", text))
    else:
        said = re.findall(r"“([^”\n]+)”", text)
    known = (english if ".en." in name else chinese) | OTHER[name]
    words = {plain(part) for span in said for part in re.split("[→·]", span)}
    assert len(words) > 10
    assert words - {plain(word) for word in known} == set()


@pytest.mark.parametrize("name", ["guide", "administration"])
def test_both_languages_have_the_same_chapters(name):
    chapters = [
        [
            line.partition(" ")[0]
            for line in (DOCS / f"{name}.{language}.md").read_text().splitlines()
            if line[:1] == "#"
        ]
        for language in ("en", "zh")
    ]
    assert chapters[0] == chapters[1]
