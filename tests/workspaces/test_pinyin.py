"""Chinese names by the letters in which they are typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspaces.pinyin import (
    ALONE,
    MOST_CUTS,
    initials,
    is_spelled_as,
    is_typed_as,
    letters,
    readings,
    sort_key,
    sounds,
    spelling,
    spellings_of,
    syllables,
)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("王磊", "wl"),
        ("欧阳娜娜", "oynn"),
        ("曾国强", "zgq"),
        ("单晓明", "sxm"),
        ("单于夫罗", "cyfl"),
        ("李单", "ld"),
        ("赵鑫", "zx"),
        ("陈 Anna", "ca"),
        ("Chen Yu", "cy"),
        ("Li_Qiang", "lq"),
        ("王2", "w2"),
        ("", ""),
    ],
)
def test_first_letters_of_people(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("上海云帆软件", "shang hai yun fan ruan jian"),
        ("中国银行", "zhong guo yin hang"),
        ("行知教育", "xing zhi jiao yu"),
        ("重庆长安", "chong qing chang an"),
        ("长沙厦门", "chang sha xia men"),
        ("朝阳区", "chao yang qu"),
        ("成都长虹", "cheng du chang hong"),
        ("绿地战略", "lv di zhan lue"),
        ("龍騰", "long teng"),
    ],
)
def test_characters_are_read_as_their_phrase_is(name, read):
    assert syllables(name) == read.split()


def test_only_people_begin_with_a_surname():
    assert syllables("解放", is_person=True) == ["xie", "fang"]
    assert syllables("解放") == ["jie", "fang"]
    assert readings("重") == {"zhong", "chong"}
    assert readings("单") >= {"dan", "shan"}
    assert readings("x") == set()


@pytest.mark.parametrize(
    ("names", "spelled"),
    [
        (["上海云帆软件"], "^shyfrj sHANGhAIyUNfANrUANjIAN"),
        (["客户12号"], "^kh12h kEhU  hAO"),
        (["用友 U8"], "^yyu8 yONGyOU   "),
        (["云帆", "云帆软件"], "^yfrj yUNfANrUANjIAN"),
        (["云帆", "上海云帆"], "^shyf sHANGhAIyUNfAN^yf yUNfAN"),
        (["Acme", "Été"], ""),
        ([], ""),
    ],
)
def test_names_are_spelled_once(names, spelled):
    assert spelling(names) == spelled


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wanglei", ["wANGlEI"]),
        ("Wang Lei", ["wANGlEI"]),
        ("wangl", ["wANGl"]),
        ("xian", ["xIAN", "xIAn", "xIaN", "xIan"]),
        ("lüb", ["lVb"]),
        ("zhanlve", ["zHANlUE", "zHANlUe"]),
        ("harbour", []),
        ("wl", []),
        ("云fan", []),
        ("99", []),
        ("%", []),
        ("", []),
    ],
)
def test_letters_are_cut_into_syllables(words, found):
    assert spellings_of(words) == found


def test_no_word_takes_long_to_cut():
    assert len(spellings_of("xianan" * 16)) == MOST_CUTS
    assert spellings_of("xianan" * 16 + "qx") == []


def test_people_are_meant_by_initials_and_by_each_part_of_their_name():
    assert all(is_typed_as("王磊", words) for words in ("w", "wl", "WL", "wang", "wanglei", "wang l", "lei", "le"))
    assert not any(is_typed_as("王磊", words) for words in ("lw", "wei", "ang", "ei", "leiw", "王", "x"))
    assert not is_typed_as("Ann", "ann")
    assert sounds("王磊") == ["wanglei", "lei"]


def test_names_stand_where_they_are_read():
    names = [
        "Zoe",
        "安达",
        "李安",
        "连云港",
        "Lily",
        "李",
        "Li Auto",
        "汪洋",
        "王磊",
        "王安",
        "3M",
        "阿里",
        "acme",
        "Bolt",
    ]
    assert sorted(names, key=sort_key) == [
        "3M", "阿里", "acme", "安达", "Bolt", "Li Auto", "李", "李安", "连云港", "Lily", "汪洋", "王安", "王磊", "Zoe",
    ]  # fmt: skip
    assert sort_key("曾单", is_person=True) < sort_key("章一", is_person=True)


CHARACTERS = st.sampled_from([one for one in ALONE if "一" <= one <= "鿿"])
NAMES = st.text(CHARACTERS, min_size=1, max_size=5)
MIXED = st.text(st.one_of(CHARACTERS, st.sampled_from("aZ9 -é😀")), max_size=12)


@settings(max_examples=200, deadline=None)
@given(NAMES, st.booleans(), st.data())
def test_a_name_is_found_from_each_of_its_characters_on(name, is_person, data):
    own = spelling([name], is_person=is_person)
    read = syllables(name, is_person=is_person)
    at = data.draw(st.integers(0, len(name) - 1))
    letters = "".join(read[at:])
    found = spellings_of(letters)
    assert any(one in own for one in found) or len(found) == MOST_CUTS or not set("nm").isdisjoint(read)
    assert "".join(one[0] for one in read[at:]) in own


@settings(max_examples=200, deadline=None)
@given(MIXED, MIXED)
def test_a_key_keeps_what_begins_alike_together(first, more):
    assert sort_key(first) <= sort_key(first + more) or syllables(first + more)[: len(first)] != syllables(first)
    assert sort_key(first, is_person=True).islower() or not any(map(str.isalpha, first))
    assert "^" not in spelling([first])[1:]


def test_labels_of_pages_are_meant_by_letters():
    assert letters("行业") == "hy hangye y ye"
    assert letters("MRR 变动") == "bd biandong d dong"
    assert letters("Region") == ""
    assert all(is_spelled_as("所在地区", words) for words in ("sz", "szdq", "suo zai", "dq", "diqu", "DI"))
    assert not any(is_spelled_as("所在地区", words) for words in ("", " ", "zdx", "iqu", "所在"))
