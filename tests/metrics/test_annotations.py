"""Notes on charts: who writes them, where they stand, and that they stay in their workspace."""

import datetime as dt

import pytest

from metrics.annotating import save_annotations, void_annotation
from metrics.annotations import marks
from metrics.models import Annotation
from tests.api.client import Api
from tests.metrics.test_overview_page import book  # noqa: F401
from workspaces.models import Activity
from workspaces.scope import workspace_scope

STARTS = [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)]


@pytest.fixture
def note(book):  # noqa: F811
    with workspace_scope(book.workspace):
        (result,) = save_annotations(
            workspace=book.workspace,
            rows=[{"external_id": "rise", "date": "2026-02-17", "text": "Prices up 8 %"}],
            by=book.actor(book.member),
        )
    return result.id


def trail(cast):
    with workspace_scope(cast.workspace):
        return list(Activity.objects.filter(subject_type="annotation").order_by("id").values_list("verb", "after"))


def test_a_note_stands_at_the_point_that_holds_its_day():
    notes = [
        {"date": dt.date(2025, 12, 31), "text": "before"},
        {"date": dt.date(2026, 1, 1), "text": "first"},
        {"date": dt.date(2026, 1, 31), "text": "last of January"},
        {"date": dt.date(2026, 3, 31), "text": "open"},
    ]
    placed = [(mark["at"], mark["text"]) for mark in marks(notes, STARTS, "en")]
    assert placed == [(0, "first"), (0, "last of January"), (2, "open")]


@pytest.mark.parametrize("path", ["", "breakdown/", "unit-economics/?interval=month"])
def test_everybody_sees_it_on_charts_and_in_their_tables(book, note, path):  # noqa: F811
    page = book.client(book.viewer).get(book.url(path))
    chart = next(page.context[name] for name in ("mrr_course", "chart", "course") if name in page.context)
    (mark,) = chart["marks"]
    assert (chart["x"][mark["at"]], mark["day"], mark["text"]) == ("Feb 26", "17 Feb 2026", "Prices up 8 %")
    assert "days" not in chart, "a viewer is not offered to write"
    assert b'data-value="17 Feb 2026: Prices up 8 %">17 Feb 2026: Prices up 8 %</td>' in page.content
    assert "days" in book.client(book.member).get(book.url("")).context["mrr_course"]


def test_written_from_a_chart_it_leads_back_there(book):  # noqa: F811
    client = book.client(book.member)
    back = book.url("?period=2026-01")
    answer = client.post(book.url("annotations/new/"), {"date": "2026-01-05", "text": "Outage", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert client.get(back).context["movements"]["marks"][0]["text"] == "Outage"
    assert trail(book) == [("created", {"date": "2026-01-05", "text": "Outage"})]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/w/rival/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(cast, elsewhere):
    client = cast.client(cast.member)
    answer = client.post(cast.url("annotations/new/"), {"date": "2026-01-05", "text": "Outage", "next": elsewhere})
    assert answer["Location"] == cast.url("annotations/")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"date": "", "text": "x"}, "date"),
        ({"date": "2026-02-30", "text": "x"}, "date"),
        ({"date": "0001-01-01", "text": "x"}, "date"),
        ({"date": "2026-02-03", "text": "  "}, "text"),
        ({"date": "2026-02-03", "text": "x" * 201}, "text"),
        ({"date": "2026-02-03", "text": "a\x00b"}, "text"),
    ],
)
def test_what_cannot_be_a_note_is_refused_beside_its_field(cast, row, field):
    answer = cast.client(cast.member).post(cast.url("annotations/new/"), row)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    with workspace_scope(cast.workspace):
        assert not Annotation.objects.exists()


def test_viewers_read_and_do_not_write(book, note):  # noqa: F811
    viewer = book.client(book.viewer)
    page = viewer.get(book.url("annotations/"))
    assert [row.text for row in page.context["list"].rows] == ["Prices up 8 %"]
    assert b"annotations/new/" not in page.content
    for path in ("annotations/new/", f"annotations/{note}/edit/", f"annotations/{note}/remove/"):
        assert viewer.post(book.url(path), {"date": "2026-01-01", "text": "x", "reason": "x"}).status_code == 403
    with workspace_scope(book.workspace):
        assert Annotation.objects.standing().get().text == "Prices up 8 %"


def test_changed_and_voided_it_leaves_its_trail(book, note):  # noqa: F811
    client = book.client(book.member)
    client.post(book.url(f"annotations/{note}/edit/"), {"date": "2026-02-18", "text": "Prices up 8 %"})
    client.post(book.url(f"annotations/{note}/remove/"), {"reason": ""})
    assert client.get(book.url("")).context["mrr_course"]["marks"][0]["day"] == "18 Feb 2026"
    client.post(book.url(f"annotations/{note}/remove/"), {"reason": "was a rumour"})
    assert client.get(book.url("")).context["mrr_course"]["marks"] == []
    assert [verb for verb, _after in trail(book)] == ["created", "updated", "voided"]


def test_another_workspace_knows_nothing_of_it(book, note):  # noqa: F811
    with workspace_scope(book.rival), pytest.raises(Annotation.DoesNotExist):
        void_annotation(workspace=book.rival, pk=note, by=book.actor(book.stranger))
    with workspace_scope(book.rival):
        assert not Annotation.objects.exists()


def test_api_reads_and_writes_notes(cast):
    api = Api(cast.api_key())
    made = api.post("annotations/", {"external_id": "a", "date": "2026-02-17", "text": "Prices up"}).json()
    assert (made["date"], made["text"]) == ("2026-02-17", "Prices up")
    assert api.patch(f"annotations/{made['id']}/", {"text": "Prices up 8 %"}).json()["date"] == "2026-02-17"
    batch = api.post("annotations/batch/", [{"external_id": "a", "date": "2026-02-19"}, {"text": "no day"}]).json()
    assert [row["status"] for row in batch["results"]] == ["updated", "error"]
    listed = api.get("annotations/?from=2026-02-01&ordering=-date").json()["results"]
    assert [(row["date"], row["text"]) for row in listed] == [("2026-02-19", "Prices up 8 %")]
    assert Api(cast.api_key(scope="read")).post("annotations/", {"date": "2026-02-17", "text": "x"}).status_code == 403
    assert api.delete(f"annotations/{made['id']}/").status_code == 204
    assert api.get("annotations/").json()["results"] == []


def test_a_note_keeps_the_day_that_it_got_meanwhile(book, note):  # noqa: F811
    client, url = book.client(book.member), book.url(f"annotations/{note}/edit/")
    seen = client.get(url).context["seen"]
    with workspace_scope(book.workspace):
        rows = [{"id": str(note), "date": "2026-02-20"}]
        save_annotations(workspace=book.workspace, rows=rows, by=book.actor(book.manager), mode="update")
    typed = {"date": "2026-02-17", "text": "Prices up 9 %", "seen": seen}
    assert "Saved. What others changed meanwhile stays: Day." in client.post(url, typed, follow=True).content.decode()
    with workspace_scope(book.workspace):
        kept = Annotation.objects.get(pk=note)
    assert (kept.date, kept.text) == (dt.date(2026, 2, 20), "Prices up 9 %")
