"""Chinese names by the letters in which people type them: 王磊 is found by wl, wanglei and lei, and stands with W.

Readings come from pypinyin. Of its phrases only those matter here in which a character is read unlike it is alone
(银行, 重庆), one in fifteen; walking through these is several times as fast as asking the library for each name, which an
import would notice (docs/decisions/0045).
"""

import re
import unicodedata
from collections.abc import Iterable

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

# Where names differ from the language at large, or from what a dictionary names first.
IN_NAMES = {"长": "chang", "都": "du", "朝": "chao", "曾": "zeng", "晟": "sheng"}
PLACES = {"朝阳": "chao yang", "单县": "shan xian", "洪洞": "hong tong", "长治": "chang zhi", "长兴": "chang xing"}
# As the first character of a person's name.
SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "翟": "zhai", "朴": "piao", "盖": "ge", "薄": "bo",
    "员": "yun", "乐": "yue", "种": "chong", "尉": "wei", "缪": "miao", "覃": "qin", "召": "shao", "繁": "po", "秘": "bi",
    "折": "she", "隗": "wei",
}  # fmt: skip
# Surnames of two characters that begin like one of those.
LONG_SURNAMES = ("单于", "尉迟", "乐正")
# Readings of sounds, which no name begins with.
SOUNDS = {"n", "m", "hm", "ng"}
# Of the ways in which letters can be cut into syllables (xian, xi'an), so many are looked for.
MOST_CUTS = 8
LONGEST = 6
# No name is longer, and so much is cut one into the other.
MOST_LETTERS = 200


def _plain(reading: str) -> str:
    """Without tones, as keyboards have it: lǜ is lv, lüè is lue."""
    letters = unicodedata.normalize("NFD", reading)
    letters = letters.replace("u\u0308", "v")
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain[:-2] + "ue" if plain in ("lve", "nve") else plain


def _read_library() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """{character: reading}, and {phrase: readings} for those that are not read character by character."""
    plain: dict[str, str] = {}

    def known(reading: str) -> str:
        if reading not in plain:
            plain[reading] = _plain(reading)
        return plain[reading]

    alone = {chr(code): known(readings.partition(",")[0]) for code, readings in PINYIN_DICT.items()} | IN_NAMES
    phrases = {}
    for phrase, readings in PHRASES_DICT.items():
        found = tuple(known(one[0]) for one in readings)
        if len(found) == len(phrase) and found != tuple(alone.get(character) for character in phrase):
            phrases[phrase] = found
    return alone, phrases | {place: tuple(readings.split()) for place, readings in PLACES.items()}


ALONE, PHRASES = _read_library()
# By the two characters that they begin with, the longest first.
PHRASES_AT: dict[str, list[str]] = {}
for _phrase in sorted(PHRASES, key=len, reverse=True):
    PHRASES_AT.setdefault(_phrase[:2], []).append(_phrase)
# Characters that are read in more than one way: names without them need no phrases.
AMBIGUOUS = frozenset(
    character
    for phrase, found in PHRASES.items()
    for character, reading in zip(phrase, found, strict=True)
    if ALONE.get(character) != reading
)
SYLLABLES = frozenset(ALONE.values()) - SOUNDS
SHAPED = {
    syllable: syllable[0] + syllable[1:].upper()
    for syllable in {*ALONE.values(), *SURNAMES.values(), *(one for found in PHRASES.values() for one in found)}
}
# Tables for names of nothing but common characters and digits.
PLAIN = re.compile("[0-9\u3400-\u9fff]+")
COMMON = {character: syllable for character, syllable in ALONE.items() if PLAIN.fullmatch(character)}
LETTERS = str.maketrans({character: syllable[0] for character, syllable in COMMON.items()})
SHAPES = str.maketrans(
    {character: SHAPED[syllable] for character, syllable in COMMON.items()} | dict.fromkeys("0123456789", " ")
)
KEYS = str.maketrans({character: f"{syllable} {character}" for character, syllable in COMMON.items()})
BEGINNINGS = frozenset(syllable[:size] for syllable in SYLLABLES for size in range(1, len(syllable) + 1))


def syllables(name: str, *, is_person: bool = False) -> list[str | None]:
    """How each character is read; None for what is not Chinese. is_person: it begins with a surname."""
    found = [ALONE.get(character) for character in name]
    if not AMBIGUOUS.isdisjoint(name):
        at = 0
        while at < len(name) - 1:
            for phrase in PHRASES_AT.get(name[at : at + 2], ()):
                if name.startswith(phrase, at):
                    found[at : at + len(phrase)] = PHRASES[phrase]
                    at += len(phrase) - 1
                    break
            at += 1
    if is_person and name[:1] in SURNAMES and not name.startswith(LONG_SURNAMES):
        found[0] = SURNAMES[name[0]]
    return found


def initials(name: str) -> str:
    """Of a person's name, small letters: one for each Chinese character and each other word, digits as they are:
    陈 Anna → ca.
    """
    return _initials(name, syllables(name, is_person=True))


def _initials(name: str, read: Iterable[str | None]) -> str:
    letters, is_in_word = [], False
    for character, syllable in zip(name, read, strict=True):
        is_letter = not syllable and character.isalpha()
        if syllable:
            letters.append(syllable[0])
        elif character.isdigit() or (is_letter and not is_in_word):
            letters.append(character.lower())
        is_in_word = is_letter
    return "".join(letters)


def sort_key(name: str, *, is_person: bool = False) -> str:
    """What names are sorted by: small letters, Chinese ones where their reading stands, the same character together."""
    if name.isascii():
        return name.lower()
    if _is_plain(name, is_person):
        return name.translate(KEYS)
    pairs = zip(name, syllables(name, is_person=is_person), strict=True)
    return "".join([f"{syllable} {character}" if syllable else character for character, syllable in pairs]).lower()


def spelling(names: Iterable[str], *, is_person: bool = False) -> str:
    """What of Chinese names is searched in beside themselves: for each "^" and the initials, then the syllables, which begin
    with a small letter and go on in large ones: "^wl wANGlEI". So letters are found where a syllable begins and nowhere
    else, by a comparison that tells large from small. Names without Chinese have none.
    """
    wanted = {name for name in names if not name.isascii()}
    if len(wanted) > 1:
        # One that begins another is found where that is.
        wanted = {name for name in wanted if not any(other != name and other.startswith(name) for other in wanted)}
    return "".join([_spelled(name, is_person) for name in sorted(wanted)])


def _spelled(name: str, is_person: bool) -> str:
    if _is_plain(name, is_person):
        return f"^{name.translate(LETTERS)} {name.translate(SHAPES)}"
    read = syllables(name, is_person=is_person)
    if not any(read):
        return ""
    return f"^{_initials(name, read)} {''.join([SHAPED[one] if one else ' ' for one in read])}"


def _is_plain(name: str, is_person: bool) -> bool:
    """Whether each character of a name can be taken by itself, which is by far the quickest."""
    return bool(PLAIN.fullmatch(name)) and AMBIGUOUS.isdisjoint(name) and not (is_person and name[0] in SURNAMES)


def spellings_of(words: str) -> list[str]:
    """What stands in the `spelling` of names that were meant by letters: whole syllables, the last one perhaps begun. Each
    way in which they can be cut; none for what is no pinyin. Initials stand there as they are typed.
    """
    letters = words.lower().replace("ü", "v").replace("lve", "lue").replace("nve", "nue")
    letters = letters.replace(" ", "").replace("'", "").replace("’", "")
    if len(letters) > MOST_LETTERS or not letters.isascii() or not letters.isalpha():
        return []
    return ["".join([part[0] + part[1:].upper() for part in parts]) for parts in _cuts(letters)]


def _cuts(letters: str) -> list[list[str]]:
    found: list[list[str]] = []
    hopeless: set[int] = set()

    def cut(at: int, parts: list[str]) -> bool:
        before = len(found)
        for end in range(min(at + LONGEST, len(letters)), at, -1):
            part = letters[at:end]
            if len(found) < MOST_CUTS and part in (BEGINNINGS if end == len(letters) else SYLLABLES):
                if end == len(letters):
                    found.append([*parts, part])
                elif end not in hopeless and not cut(end, [*parts, part]):
                    hopeless.add(end)
        return len(found) > before or len(found) == MOST_CUTS

    cut(0, [])
    return found


def is_typed_as(name: str, words: str) -> bool:
    """Whether a person's name is meant by letters: the initials from the first on, or syllables."""
    own = spelling([name], is_person=True)
    return f"^{words.lower()}" in own or any(one in own for one in spellings_of(words))


def letters(label: str) -> str:
    """What a label of a page is typed as: initials and syllables, from each Chinese character on; "" where there is none.
    行业 → hy hangye y ye.
    """
    read = syllables(label)
    typed = [
        syllable or (character.lower() if character.isalnum() else "")
        for character, syllable in zip(label, read, strict=True)
    ]
    short = [one[0] if syllable else one for one, syllable in zip(typed, read, strict=True)]
    starts = [at for at, syllable in enumerate(read) if syllable]
    return " ".join("".join(parts[at:]) for at in starts for parts in (short, typed))


def is_spelled_as(label: str, words: str) -> bool:
    """Whether a label of a page is meant by letters."""
    return bool(words.strip()) and f" {''.join(words.lower().split())}" in f" {letters(label)}"


def sounds(name: str) -> list[str]:
    """The letters of a person's Chinese name from each character on: 王磊 → wanglei, lei."""
    read = [one for one in syllables(name, is_person=True) if one]
    return ["".join(read[at:]) for at in range(len(read))]


def readings(character: str) -> set[str]:
    """Every way in which a character is read in some name."""
    found = {ALONE.get(character), SURNAMES.get(character)}
    for phrase, read in PHRASES.items():
        if character in phrase:
            found |= {one for other, one in zip(phrase, read, strict=True) if other == character}
    return {one for one in found if one}
