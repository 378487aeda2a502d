"""Colleagues named in texts: kept by id, read and typed by name."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspaces.mentions import TOKEN, current, from_typed, mentioned, plain, shorten, token
from workspaces.templatetags.mentions import mentions

ANN, ANNA, WANG = (UUID(int=number) for number in (1, 2, 3))
PEOPLE = {"Ann": ANN, "Anna Li": ANNA, "王磊": WANG}


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("@Ann, please", {ANN}),
        ("请@王磊看一下", {WANG}),
        ("＠王磊", {WANG}),
        ("@Anna Li and @Ann", {ANN, ANNA}),
        ("@Annabel", set()),
        ("ask ann@Ann.example", set()),
        ("@ann", set()),
        ("@@Ann", {ANN}),
        ("nobody", set()),
    ],
)
def test_names_become_references(typed, ids):
    kept = from_typed(typed, PEOPLE)
    assert mentioned([kept]) == ids
    assert plain(kept).replace("＠", "@") == typed.replace("＠", "@")
    # What was kept is not taken for something typed again.
    assert from_typed(kept, PEOPLE) == kept


def test_people_are_called_as_today():
    text = f"Ask {token('Old [name]', ANN)} now"
    assert plain(text) == "Ask @Old (name) now"
    assert plain(text, {ANN: "New"}) == "Ask @New now"
    assert plain(current(text, {ANN: "New"})) == "Ask @New now"
    assert plain(current(text, {})) == "Ask @Old (name) now"


def test_names_stand_out_and_are_escaped():
    html = mentions(f"<b> {token('<i>Ann</i>', ANN)} & co")
    assert html == '&lt;b&gt; <span class="mention">@&lt;i&gt;Ann&lt;/i&gt;</span> &amp; co'


TEXTS = st.text(st.sampled_from("@[]() aA王磊:n-＠\n."), max_size=40)
PIECES = st.lists(st.one_of(TEXTS, st.sampled_from([token("Ann", ANN), token("王磊", WANG)])), max_size=6)


@settings(max_examples=150, deadline=None)
@given(PIECES, st.integers(0, 120))
def test_a_shortened_text_cuts_no_mention(pieces, most):
    text = "".join(pieces)
    short = shorten(text, most)
    assert len(short) <= max(most + 1, len(text) if len(text) <= most else 0)
    whole = [match.group() for match in TOKEN.finditer(text)]
    assert [match.group() for match in TOKEN.finditer(short)] == whole[: len(TOKEN.findall(short))]
    assert "(member:" not in TOKEN.sub("", short) or "(member:" in TOKEN.sub("", text)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_what_people_read_is_what_they_typed(typed):
    kept = from_typed(typed, PEOPLE)
    assert plain(kept).replace("＠", "@") == plain(typed).replace("＠", "@")
