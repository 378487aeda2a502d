import pytest

from tests.api.client import error_of


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


@pytest.fixture
def nine(api):
    """Nine accounts, named out of their order of arrival, two of them alike."""
    words = ["e", "a", "i", "c", "c", "h", "b", "g", "f"]
    api.post("accounts/batch/", [{"external_id": f"A{n}", "name": word} for n, word in enumerate(words)])
    return words


def walk(api, answer, way):
    """The pages from `answer` on, following `way`."""
    pages = [answer]
    while address := pages[-1].json()[way]:
        pages.append(api.get(address.removeprefix("http://testserver")))
        assert pages[-1].status_code == 200, pages[-1].content
        assert len(pages) < 20
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 9, 10])
@pytest.mark.parametrize("ordering", [None, "name", "-name", "-id", "customer_since", "-customer_since"])
def test_pages_there_and_back(api, nine, limit, ordering):
    words = {"ordering": ordering} if ordering else {}
    whole = names(api.get("accounts/", **words))
    assert sorted(whole) == sorted(nine)
    if ordering in ("name", "-name"):
        assert whole == sorted(nine, reverse=ordering == "-name")
    if ordering is None:
        assert whole == nine
    forward = walk(api, api.get("accounts/", limit=limit, **words), "next")
    assert [name for page in forward for name in names(page)] == whole
    assert forward[0].json()["previous"] is None
    back = walk(api, forward[-1], "previous")
    assert [name for page in reversed(back) for name in names(page)] == whole


@pytest.mark.parametrize("ordering", ["ends_on", "-ends_on"])
def test_pages_over_a_column_with_nulls(api, ordering):
    api.post("accounts/", {"external_id": "A", "name": "A"})
    ends = [None, "2025-03-31", None, "2025-01-31", "2025-03-31", None]
    rows = [
        {"external_id": f"C{n}", "account": "A", "currency": "CNY", "starts_on": "2025-01-01", "ends_on": end}
        for n, end in enumerate(ends)
    ]
    assert {row["status"] for row in api.post("contracts/batch/", rows).json()["results"]} == {"created"}
    whole = [row["external_id"] for row in api.get("contracts/", ordering=ordering).json()["results"]]
    up = ["C3", "C1", "C4", "C0", "C2", "C5"]
    assert whole == (up if ordering == "ends_on" else up[::-1])
    for limit in (1, 2, 4):
        forward = walk(api, api.get("contracts/", limit=limit, ordering=ordering), "next")
        assert [row["external_id"] for page in forward for row in page.json()["results"]] == whole
        back = walk(api, forward[-1], "previous")
        assert [row["external_id"] for page in reversed(back) for row in page.json()["results"]] == whole


def test_page_keeps_filters(api, nine):
    page = api.get("accounts/", name="c", limit=1)
    pages = walk(api, page, "next")
    assert [names(page) for page in pages] == [["c"], ["c"]]


def test_page_where_rows_came_between(api, nine):
    first = api.get("accounts/", ordering="name", limit=2)
    api.post("accounts/", {"name": "aa"})
    api.post("accounts/", {"name": "bb"})
    second = api.get(first.json()["next"].removeprefix("http://testserver"))
    assert (names(first), names(second)) == (["a", "b"], ["bb", "c"])


def test_limit(api):
    rows = [{"external_id": f"A{n}", "name": f"{n}"} for n in range(201)]
    api.post("accounts/batch/", rows)
    assert len(names(api.get("accounts/"))) == 50
    assert len(names(api.get("accounts/", limit=200))) == 200
    error_of(api.get("accounts/", limit=201), 400, "invalid")


def test_cursor_of_another_list_or_ordering(api, nine):
    api.post("products/batch/", [{"name": "core"}, {"name": "seats"}])
    cursor = api.get("accounts/", limit=1).json()["next"].partition("cursor=")[2]
    error_of(api.get("products/", cursor=cursor), 400, "invalid")
    error_of(api.get("accounts/", cursor=cursor, ordering="name"), 400, "invalid")
    error_of(api.get("accounts/", cursor=cursor[:-1]), 400, "invalid")


def test_cursor_of_another_workspace_shows_only_mine(api, rival, nine):
    rival.post("accounts/", {"name": "theirs"})
    address = api.get("accounts/", limit=1, ordering="name").json()["next"].removeprefix("http://testserver")
    assert names(rival.get(address)) == ["theirs"]


def test_filters(api):
    api.post(
        "accounts/batch/", [{"external_id": "A1", "name": "A", "region": "East"}, {"external_id": "A2", "name": "B"}]
    )
    assert names(api.get("accounts/", external_id="A2")) == ["B"]
    assert names(api.get("accounts/", region="East", name="A")) == ["A"]
    assert names(api.get("accounts/", region="East", name="B")) == []
    assert set(error_of(api.get("accounts/", owner="nobody@example.com"), 400, "invalid")["fields"]) == {"owner"}
