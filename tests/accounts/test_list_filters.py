"""Filters of lists with operators, and groups of which any must hold: on pages, in bulk, in files, in views."""

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import lists
from accounts.actions import save_custom_fields, save_own_filters
from accounts.queries import standing_accounts, standing_contracts
from tests.accounts import facts
from workspaces.actor import system_actor
from workspaces.lists import show_list
from workspaces.models import SavedView
from workspaces.scope import workspace_scope
from workspaces.sorting import Sort

DAY = dt.date(2026, 3, 31)
# (name, what is known of it, what the closing published)
BOOK = [
    ("Anhe", {"industry": "Retail", "region": "East", "tags": ["vip"], "employees": 12},
     (5000_00, "2026-03-01", "2026-04-10")),
    ("Bolt", {"industry": "Software", "region": "East", "employees": 250}, (900_00, "2024-01-01", None)),
    ("Corvus", {"industry": "Retail", "tags": ["north", "vip"]}, (0, None, None)),
    ("Dune", {"industry": "", "region": "West", "employees": 3000}, (12000_50, "2025-06-30", "2026-12-31")),
    ("兰海", {"industry": "物流", "website": "lanhai.cn"}, (300_00, "2026-03-31", "2026-03-31")),
]  # fmt: skip
FIELDS = [
    ("seats", "number", "8"),
    ("budget", "money", "5000"),
    ("golive", "date", "2026-02-01"),
    ("plan", "text", "Pro"),
]


@pytest.fixture
def book(cast):
    with workspace_scope(cast.workspace):
        rows = [{"key": key, "name": key.title(), "kind": kind} for key, kind, _value in FIELDS]
        rows.append({"key": "csm", "name": "CSM", "kind": "person"})
        save_custom_fields(workspace=cast.workspace, rows=rows, by=system_actor("command"))
    for name, row, (cents, since, renewal) in BOOK:
        own = {key: value for key, _kind, value in FIELDS} if name == "Anhe" else {}
        own |= {"seats": "40", "plan": "Basic", "csm": cast.member.user.email} if name == "Bolt" else {}
        figures = {"mrr_cents": cents, "customer_since": since, "renewal_on": renewal}
        owner = {"owner": cast.member.user.email} if name in ("Anhe", "Dune") else {}
        facts.account(cast.workspace, name, figures=figures, custom=own, **row, **owner)
    return cast


def shown(cast, **params):
    with workspace_scope(cast.workspace):
        spec = lists.accounts(cast.workspace, cast.member.user_id)
        rows = standing_accounts(cast.workspace)
        return show_list(spec, rows, params, path="/x/", workspace=cast.workspace, day=DAY)


def names(cast, where):
    return "".join(row.name[0] for row in shown(cast, where=where).rows)


CASES = [
    ("industry:is:Retail", "AC"),
    ("industry:not:Retail", "BD兰"),
    ("industry:is:Retail,物流", "AC兰"),
    ("industry:empty", "D"),
    ("industry:filled", "ABC兰"),
    # of a field whose values are typed, also what nobody has
    ("industry:not:Mining", "ABCD兰"),
    ("owner:not:none", "AD"),
    ("tag:is:vip", "AC"),
    ("tag:not:vip", "BD兰"),
    ("tag:empty", "BD兰"),
    ("tag:is:vip;tag:is:north", "C"),
    ("mrr:min:5000", "AD"),
    ("mrr:max:900", "BC兰"),
    ("mrr:between:5000,300", "AB兰"),
    ("mrr:is:12000.5", "D"),
    ("mrr:not:0", "ABD兰"),
    ("mrr:min:1.2万", "D"),
    ("employees:min:250", "BD"),
    ("employees:max:250", "AB"),
    ("employees:empty", "C兰"),
    ("employees:not:12", "BCD兰"),
    ("since:before:2025-06-30", "B"),
    ("since:after:2025-06-30", "A兰"),
    ("since:is:2025-06-30", "D"),
    ("since:empty", "C"),
    ("since:last:30", "A兰"),
    ("renewal:next:10", "A兰"),
    ("renewal:between:2026-04-01,2026-12-31", "AD"),
    ("name:has:O", "BC"),
    ("name:lacks:o", "AD兰"),
    ("name:starts:c", "C"),
    ("name:is:bolt", "B"),
    ("website:filled", "兰"),
    ("external_id:empty", "ABCD兰"),
    ("custom.seats:min:9", "B"),
    ("custom.seats:max:9", "A"),
    ("custom.seats:not:8", "BCD兰"),
    ("custom.seats:filled", "AB"),
    ("custom.budget:is:0.5万", "A"),
    ("custom.budget:between:1,10000", "A"),
    ("custom.golive:before:2026-02-02", "A"),
    ("custom.golive:last:60", "A"),
    ("custom.plan:has:AS", "B"),
    ("custom.plan:lacks:as", "ACD兰"),
    ("custom.plan:empty", "CD兰"),
    ("custom.csm:filled", "B"),
    ("standing:is:prospect|mrr:min:12000", "CD"),
    ("industry:is:Retail|owner:is:none;mrr:min:300", "AB兰"),
    ("industry:is:Retail|tag:is:north|employees:min:1000;region:is:East,West", "AD"),
]


@pytest.fixture
def scoped(book):
    with workspace_scope(book.workspace):
        yield book


def test_operators_ask_fields_by_their_kind(scoped):
    found = {where: names(scoped, where) for where, _expected in CASES}
    assert found == dict(CASES)


SIMPLE = [where for where, _expected in CASES if "|" not in where and ";" not in where]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.lists(st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=4), min_size=1, max_size=3))
def test_groups_are_the_union_of_their_clauses_and_all_of_them_hold(scoped, groups):
    alone = dict(CASES)
    unions = [set().union(*(set(alone[clause]) for clause in group)) for group in groups]
    where = ";".join("|".join(group) for group in groups)
    assert set(names(scoped, where)) == set.intersection(*unions)
    # The address that the list makes of it asks the same.
    listed = shown(scoped, where=where)
    again = shown(scoped, **listed.params)
    assert again.params == listed.params
    assert [row.name for row in again.rows] == [row.name for row in listed.rows]


BAD = [
    ("mrr:min:abc", "“abc” is not a number."),
    ("mrr:min:1e999999999", ""),
    ("mrr:min:9" + "9" * 40, ""),
    ("mrr:min", "Say a value."),
    ("mrr:between:5", "Say the second value as well."),
    ("mrr:min:5,6", "Too many values."),
    ("mrr:empty", "This field is not asked in that way."),
    ("mrr:drop", "This field is not asked in that way."),
    ("employees:min:1.5", ""),
    ("employees:min:99999999999", None),
    ("since:before:soon", "A date is written as 2025-03-31."),
    ("since:before:9999-01-01", "The date must lie between 1970 and 2199."),
    ("since:last:99999999", ""),
    ("owner:is:nobody", "nobody is no longer there to choose."),
    ("password:is:x", "There is no such field."),
    ("archived:is:too", "There is no such field."),
    ("name:has:" + "x" * 300, ""),
    ("name:has:a\x00", None),
    ("custom.seats:min:x", ""),
    ("custom.none:is:x", "There is no such field."),
    ("segment:is:00000000-0000-0000-0000-000000000000", ""),
    ("nonsense", "There is no such field."),
    ("name:has:" + "x" * 3000, "This filter is too long, or was cut off."),
    ("|".join(["name:has:a"] * 40), "This filter is too long, or was cut off."),
    (":", "This filter is too long, or was cut off."),
]


def test_what_means_nothing_holds_for_no_row_and_says_why(book):
    client = book.client(book.member)
    for where, why in BAD:
        page = client.get(book.url("accounts/"), {"where": where})
        assert page.status_code == 200, where
        listed = page.context["list"]
        if why is None:  # odd, and understood
            assert listed.refused == [], where
            continue
        assert listed.rows == [], where
        assert [one.refusal for one in listed.refused][-1].startswith(why), where
        # Not even by the address that the list makes of it, in whatever it is kept.
        again = client.get(book.url("accounts/"), listed.params)
        assert (again.context["list"].rows, len(again.context["list"].refused)) == ([], len(listed.refused)), where
    page = client.get(book.url("accounts/"), {"where": "mrr:min:abc|industry:is:Retail"})
    assert [row.name for row in page.context["list"].rows] == ["Anhe", "Corvus"]
    assert 'role="alert"' in page.content.decode()
    # A file could not say why it has so few rows.
    answer = client.get(book.url("accounts/"), {"where": "mrr:min:abc|industry:is:Retail", "download": "csv"})
    assert (answer.status_code, "where=" in answer["Location"]) == (302, True)


def test_in_bulk_all_that_match_are_edited_and_none_by_what_means_nothing(book):
    client = book.client(book.member)

    def tag(state):
        answer = client.post(book.url("accounts/edits/"), {"all": "1", "state": state, "edit": "add_tag", "tag": "x"})
        return [str(message) for message in get_messages(answer.wsgi_request)][-1]

    assert tag("where=mrr:min:abc") == "The list is not what it was. Nothing was changed; pick again."
    assert tag("where=mrr:min:abc|industry:is:Retail").startswith("The list is not what it was.")
    assert tag("where=industry:is:Retail;password:is:x").startswith("The list is not what it was.")
    assert tag("where.field=industry&where.op=is&where.v=Retail").startswith("The list is not what it was.")
    assert names(book, "tag:is:x") == ""
    assert tag("where=industry:is:Retail|mrr:min:12000;tag:filled") == "2 accounts changed."
    assert names(book, "tag:is:x") == "AC"


def test_the_word_between_two_chips_joins_and_parts_them(book):
    client = book.client(book.member)
    page = client.get(book.url("accounts/"), {"industry": "Retail", "owner": "none", "region": "East"})
    assert page.context["list"].rows == []
    line = page.context["list"].line
    assert [[chip.label for chip in group] for group in line.groups] == [["Industry"], ["Owner"], ["Region"]]
    assert [chip.word for chip in line.chips] == ["", "and", "and"]
    joined = client.get(line.chips[1].word_url)
    line = joined.context["list"].line
    assert [[str(chip.label) for chip in group] for group in line.groups] == [["Industry", "Owner"], ["Region"]]
    assert [chip.word for chip in line.chips] == ["", "or", "and"]
    assert [row.name for row in joined.context["list"].rows] == ["Anhe", "Bolt"]
    # The reader stands on the word, which is where it was.
    assert urlsplit(page.context["list"].line.chips[1].word_url).fragment == line.chips[1].word_id
    parted = client.get(line.chips[1].word_url)
    assert parted.context["list"].params == {"industry": "Retail", "owner": "none", "region": "East"}
    # Without one of the two, plain again.
    alone = client.get(line.chips[0].clear_url)
    assert alone.context["list"].params == {"owner": "none", "region": "East"}


def test_the_form_of_a_field_leads_to_the_address_of_the_list(book):
    client = book.client(book.member)
    page = client.get(book.url("accounts/"), {"industry": "Retail", "sort": "-mrr"})
    carried = dict(page.context["list"].line.form_params)
    sent = client.get(book.url("accounts/"), carried | {"where.field": "mrr", "where.op": "min", "where.v": "5,000"})
    assert sent.status_code == 302
    assert parse_qs(urlsplit(sent["Location"]).query) == {
        "sort": ["-mrr"],
        "where": ["industry:is:Retail;mrr:min:5~,000"],
    }
    listed = client.get(sent["Location"]).context["list"]
    assert listed.params["where"] == "industry:is:Retail;mrr:min:5000"
    assert [row.name for row in listed.rows] == ["Anhe"]
    chip = listed.chosen[1]
    assert (str(chip.operator), chip.value_label, chip.editor.value) == ("≥", "¥5,000", "5000")
    # A list without views reads the form where it stands.
    deep = client.get(book.url("renewals/"), {"where.field": "standing", "where.op": "is", "where.v": "open"})
    assert deep.status_code == 200


def test_a_filter_is_kept_as_a_view_grouped_counted_and_taken_along(book):
    client = book.client(book.member)
    where = "industry:is:Retail|mrr:min:12000"
    page = client.get(book.url("accounts/"), {"where": where, "group": "region"})
    assert [(group.text, group.count) for group in page.context["list"].groups] == [("East", 1), ("West", 1), ("", 1)]
    within = page.context["list"].groups[0].href
    assert [row.name for row in client.get(within).context["list"].rows] == ["Anhe"]
    assert "3 accounts" in client.get(book.url("accounts/totals/"), {"where": where}).content.decode()
    file = client.get(book.url("accounts/"), {"where": where, "download": "csv"})
    assert b"".join(file.streaming_content).decode().count("\r\n") == 4
    kept = client.post(page.context["views"].new_url, {"name": "Big or retail", "is_shared": "on"})
    opened = client.get(kept["Location"])
    assert [row.name for row in opened.context["list"].rows] == ["Anhe", "Dune", "Corvus"]
    assert not opened.context["views"].is_changed
    with workspace_scope(book.workspace):
        assert SavedView.objects.get().state == {"where": where, "group": "region"}


def test_a_view_that_asks_for_a_filter_of_one_s_own_in_a_group_is_not_shared(book):
    with workspace_scope(book.workspace):
        row = {"name": "Own", "conditions": {"industry": ["Retail"]}}
        (own,) = save_own_filters(workspace=book.workspace, rows=[row], by=book.actor(book.member))
    where = f"segment:is:{own.id}|mrr:min:12000"
    assert names(book, where) == "ACD"
    assert names(book, f"segment:not:{own.id}") == "BD兰"
    client = book.client(book.member)
    new = client.get(book.url("accounts/"), {"where": where}).context["views"].new_url
    assert client.post(new, {"name": "Both", "is_shared": "on"}).status_code == 422
    assert client.post(new, {"name": "Mine"}).status_code == 302
    # A colleague who is sent the address sees that it is not for them, and no row too many.
    sent = book.client(book.owner).get(book.url("accounts/"), {"where": where}).context["list"]
    assert [row.name for row in sent.rows] == ["Dune"]
    assert len(sent.refused) == 1


def test_a_filter_that_figures_can_be_sliced_by_is_kept_as_one(book):
    client = book.client(book.member)

    def save_url(where):
        return client.get(book.url("accounts/"), {"where": where}).context["save_url"]

    url = save_url("industry:is:Retail,Software;tag:is:vip")
    assert QueryDict(urlsplit(url).query).lists()
    assert dict(QueryDict(urlsplit(url).query).lists()) == {"industry": ["Retail", "Software"], "tag": ["vip"]}
    assert client.get(url).status_code == 200
    assert dict(QueryDict(urlsplit(save_url("industry:empty")).query).lists()) == {"industry": [""]}
    for where in ("industry:is:Retail|tag:is:vip", "industry:not:Retail", "tag:is:vip;tag:is:north", "mrr:min:5"):
        assert save_url(where) == "", where


def test_a_contract_that_renews_itself_ends_with_the_term_of_its_notice(cast):
    account = facts.account(cast.workspace)
    notices = {"in time": "2023-10-01", "later": "2026-01-31", "leaving": "2026-02-01", "rolling": None}
    for number, notice in notices.items():
        terms = {"auto_renew": True, "cancelled_on": notice, "number": number}
        facts.contract(account, "2023-02-01", "2024-01-31", **terms)
    facts.contract(account, "2023-05-01", "2024-04-30", auto_renew=True, cancelled_on="2025-06-01", number="ending")
    facts.contract(account, "2023-02-01", None, number="open")
    facts.contract(account, "2023-02-01", "2026-03-30", number="over")

    def found(where):
        spec, rows = (
            replace(lists.contracts(DAY), sorts=(Sort("number", "number"),), default="number"),
            standing_contracts,
        )
        with workspace_scope(cast.workspace):
            shown = show_list(
                spec, rows(cast.workspace), {"where": where}, path="/x/", workspace=cast.workspace, day=DAY
            )
            return [row.number for row in shown.rows]

    assert found("state:is:ended") == ["in time", "later", "over"]
    assert found("state:is:running") == found("state:not:ended") == ["ending", "leaving", "open", "rolling"]
    assert found("state:is:ending") == ["ending"]


def test_contacts_contracts_and_tasks_have_groups_as_well(book):
    with workspace_scope(book.workspace):
        accounts = {one.name: one for one in standing_accounts(book.workspace)}
    facts.contact(accounts["Anhe"], "Wang", roles=["user"], mobile="13800000000")
    facts.contact(accounts["Bolt"], "Li", stance="champion", title="CTO")
    facts.contact(accounts["Dune"], "Zhao", roles=["signer", "user"])
    facts.fx_rate(book.workspace)
    facts.contract(accounts["Anhe"], number="N-1", signed_on="2025-12-01")
    facts.contract(accounts["Bolt"], "2026-06-01", None, number="N-2", currency="USD", kind="subscription")
    facts.task(book.workspace, "Call", due_on="2026-04-02")
    facts.task(book.workspace, "Write", priority="high")
    client = book.client(book.member)

    def found(path, where, **params):
        return [str(row) for row in client.get(book.url(path), {"where": where} | params).context["list"].rows]

    assert found("contacts/", "role:is:user;role:is:signer") == ["Zhao"]
    assert found("contacts/", "role:empty|mobile:has:138") == ["Li", "Wang"]
    assert found("contacts/", "role:not:signer;title:empty") == ["Wang"]
    assert found("contacts/", "account:has:du|stance:is:champion") == ["Li", "Zhao"]
    assert found("contracts/", "currency:is:USD|signed:before:2026-01-01") == ["N-2", "N-1"]
    assert found("contracts/", "end:empty") == ["N-2"]
    assert found("contracts/", "auto_renew:not:yes;start:max:2026-01-01") == []
    assert found("contracts/", "auto_renew:not:yes;start:before:2026-01-02") == ["N-1"]
    assert found("tasks/", "due_on:before:2026-04-03|priority:is:high", view="open") == ["Call", "Write"]
    board = client.get(book.url("tasks/"), {"where": "priority:is:high", "view": "open", "layout": "board"})
    assert [len(column.cards) for column in board.context["board"]["columns"]].count(1) == 1
    for path in ("products/", "fx-rates/", "spend/", "movements/", "renewals/list/", "imports/", "activity/"):
        answer = book.client(book.owner).get(book.url(path), {"where": "password:is:x", "saved": "none"})
        assert answer.status_code == 200, path


def test_a_filter_needs_no_more_queries(book):
    client = book.client(book.viewer)
    counts = []
    for params in ({}, {"where": "industry:is:Retail|mrr:min:1;custom.seats:min:1|tag:empty;since:last:900"}):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(book.url("accounts/"), params).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_fields_are_read_in_chinese(book):
    client = book.client(book.member)
    where = "industry:is:Retail,Software|owner:not:none;since:last:30;name:lacks:x"
    page = client.get(book.url("accounts/"), {"where": where} | {"language": "zh-hans"})
    line = page.context["list"].line
    assert [str(chip.word) for chip in line.chips] == ["", "或", "且", "且"]
    assert [str(chip.operator) for chip in line.chips] == ["是其中之一", "不是", "在过去", "不包含"]
    assert line.chips[2].value_label == "30 天"
