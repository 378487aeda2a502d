"""How addresses say a filter, and what the form of a field makes of one."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspaces import where
from workspaces.where import Clause

# With every separator, and letters beyond ASCII.
TEXTS = st.text("ab兰 .~;|:,", max_size=6)
CLAUSES = st.builds(
    Clause,
    TEXTS.filter(bool),
    TEXTS,
    st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
)
QUICK = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
GROUPS = st.lists(st.lists(CLAUSES, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)


@QUICK
@given(GROUPS)
def test_what_is_written_is_read_again(groups):
    assert where.read(where.write(groups)) == groups


@QUICK
@given(st.text("ab~;|:,", max_size=30))
def test_any_text_is_read_and_then_stays(text):
    groups = where.read(text)
    assert all(groups)
    assert where.read(where.write(groups)) == groups


@QUICK
@given(GROUPS.filter(lambda groups: len(groups) > 1), st.data())
def test_joining_and_parting_are_each_other_s_opposite(groups, data):
    at = data.draw(st.integers(1, len(groups) - 1))
    joined = where.joined(groups, at)
    assert len(joined) == len(groups) - 1
    assert where.parted(joined, (at - 1, len(groups[at - 1]))) == groups


def test_an_address_reads_as_it_is_said():
    text = "industry:is:Retail,R&D|owner:is:none;name:has:a~:b~|c~~"
    assert where.read(text) == (
        (Clause("industry", "is", ("Retail", "R&D")), Clause("owner", "is", ("none",))),
        (Clause("name", "has", ("a:b|c~",)),),
    )
    assert where.write(where.read(text)) == text
    # What is no clause is the name of a field that no list has, and not another clause.
    assert where.read("mrr:min:5:6") == ((Clause("mrr:min:5:6", ""),),)
    assert where.read("mrr") == ((Clause("mrr", ""),),)
    assert where.read(";|;") == ()


def test_more_than_an_address_carries_is_refused():
    with pytest.raises(where.TooLong):
        where.read("a:is:" + "x" * where.MOST_TEXT)
    with pytest.raises(where.TooLong):
        where.read("|".join(["a:is:b"] * (where.MOST_CLAUSES + 1)))


@pytest.mark.parametrize(
    ("form", "settled"),
    [
        ("where.field=mrr&where.op=min&where.v=5&where.to=9&where.days=30", "mrr:min:5"),
        ("where.field=mrr&where.op=between&where.v=5&where.to=9", "mrr:between:5,9"),
        ("where.field=mrr&where.op=between&where.v=5&where.to=5", "mrr:between:5,5"),
        ("where.field=since&where.op=last&where.v=2026-01-01&where.days=30", "since:last:30"),
        ("where.field=tag&where.op=empty&where.v=a", "tag:empty"),
        ("where.field=tag&where.op=is&where.v=a&where.v=b&where.v=a", "tag:is:a,b"),
        ("where=a:is:b&where.field=tag&where.op=is", "a:is:b"),
        ("where=a:is:b;mrr:min:5&where.at=1.0&where.field=mrr&where.op=min&where.v=+", "a:is:b"),
        ("where=a:is:b|c:is:d&where.at=0.1&where.field=tag&where.op=not&where.v=x", "a:is:b|tag:not:x"),
        ("where=a:is:b&where.at=7.0&where.field=tag&where.op=not&where.v=x", "a:is:b;tag:not:x"),
        ("where=a:is:b&where.at=x&where.field=tag&where.op=not&where.v=%2C", "a:is:b;tag:not:~,"),
    ],
)
def test_the_form_of_a_field_is_settled(form, settled):
    assert where.settled(QueryDict(f"sort=-mrr&{form}")) == {"sort": "-mrr", "where": settled}
