"""The letters by which people type Chinese names: 王磊 is found by wl. Latin names by the first letters of their words.

GB 2312 keeps its 3,755 common characters in the order of their pinyin, so that a character's code tells its first letter.
Rarer ones that names are made of, and surnames that are read unlike the same character elsewhere, are listed.
"""

import re
from bisect import bisect_right

STARTS = [
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
]  # fmt: skip
CODES = [code for code, _letter in STARTS]
LAST = 0xD7F9
RARE = {
    "b": "蓓褓邶",
    "c": "宸谌褚岑璨琛郴",
    "d": "黛玳",
    "f": "霏芾沣",
    "g": "郜珙",
    "h": "昊晗桦泓灏晖珲璜",
    "j": "瑾珺婕菁靳隽浚娟旌",
    "k": "琨恺阚锴",
    "l": "璐岚嵘琅骊琏翎鹭",
    "m": "旻淼缪茗檬玫珉",
    "n": "妮楠",
    "p": "逄芃濮霈",
    "q": "琪琦茜瞿芊沁骞祺麒淇覃亓倩",
    "r": "睿苒榕嵘",
    "s": "晟佘笙珊",
    "t": "彤佟韬缇仝婷",
    "w": "邬薇炜隗玮汶",
    "x": "鑫昕璇曦萱骁筱馨栩忻冼郗潇洵",
    "y": "瑜玥妍琰瑶媛晔漪烨煜熠祎翊赟旸炀闫晏嫣娅鄢",
    "z": "臧芷梓峥钊",
}
LETTER_OF = {character: letter for letter, characters in RARE.items() for character in characters}
# As the first character of a name.
SURNAMES = {
    "曾": "z", "单": "s", "解": "x", "仇": "q", "区": "o", "查": "z", "翟": "z", "朴": "p", "盖": "g", "薄": "b",
    "员": "y", "乐": "y", "种": "c", "尉": "w", "缪": "m", "覃": "q", "召": "s",
}  # fmt: skip


def initials(name: str) -> str:
    """Small letters, one for each Chinese character and each other word: 陈 Anna → ca. Unknown characters are left out."""
    letters: list[str] = []
    for part in re.findall(r"[㐀-鿿]|[^\W_]+?(?=[㐀-鿿]|\b|_)", name):
        letters.append(_initial(part[0], is_first=not letters))
    return "".join(letters)


def _initial(character: str, *, is_first: bool) -> str:
    if not "㐀" <= character <= "鿿":
        return character.lower()
    if is_first and character in SURNAMES:
        return SURNAMES[character]
    if character in LETTER_OF:
        return LETTER_OF[character]
    try:
        code = int.from_bytes(character.encode("gb2312"))
    except UnicodeEncodeError:
        return ""
    return STARTS[bisect_right(CODES, code) - 1][1] if CODES[0] <= code <= LAST else ""
