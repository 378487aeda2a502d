"""The pages of an undo, as a browser without script walks them."""

import pytest

from accounts.actions import save_accounts
from accounts.models import Account
from jobs.imports import actions
from jobs.models import ImportJob
from tests.accounts import facts
from tests.jobs.imports.test_actions import write
from tests.jobs.imports.test_pages import job_of
from tests.jobs.imports.test_undo import edit, imported
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
LINES = ["id,name,industry", "C-1,甲公司,零售", "C-2,乙公司,教育", "C-3,丙公司,医疗"]


def worked_off(job) -> ImportJob:
    with workspace_scope(job.workspace_id):
        again = ImportJob.objects.get(pk=job.pk)
    return write(again)


@pytest.fixture
def job(cast):
    facts.account(cast.workspace, "甲", external_id="C-1", industry="制造")
    job = imported(cast, "accounts", *LINES)
    edit(cast, save_accounts, external_id="C-3", region="杭州")
    return job


def test_walk_from_the_result_to_the_undone_import(cast, job):
    client = cast.client(cast.member)
    page_url, undo_url = cast.url(f"imports/{job.pk}/"), cast.url(f"imports/{job.pk}/undo/")
    assert f"{undo_url}check/" in client.get(page_url).content.decode()
    # Nobody has looked yet: there is nothing to confirm.
    assert client.get(undo_url).url == page_url
    client.post(f"{undo_url}confirm/")
    assert job_of(cast).state == "done"

    answer = client.post(f"{undo_url}check/")
    assert answer.url == undo_url
    page = client.get(undo_url)
    assert [count["value"] for count in page.context["counts"]] == ["1", "1", "1"]
    assert [(row["number"], str(row["status"]), row["reason"]) for row in page.context["rows"]] == [
        (2, "Is put back", ""),
        (3, "Is voided", ""),
        (4, "Stays", "Changed since: region."),
    ]
    assert "industry: 零售 → 制造" in page.content.decode()
    kept = client.get(undo_url + "?show=kept")
    assert [row["number"] for row in kept.context["rows"]] == [4]
    with workspace_scope(cast.workspace):
        assert Account.objects.standing().count() == 3

    answer = client.post(f"{undo_url}confirm/")
    assert answer.url == page_url
    page = client.get(page_url)
    assert "Undone by Member, " in page.content.decode()
    assert f"{undo_url}check/" not in page.content.decode()
    assert [row["reason"] for row in page.context["kept_rows"]] == ["Changed since: region."]
    with workspace_scope(cast.workspace):
        assert sorted(Account.objects.standing().values_list("name", flat=True)) == ["丙公司", "甲"]
    file = client.get(cast.url(f"imports/{job.pk}/kept.csv"))
    assert file.content.decode() == "\ufeffRow,Kind,Name,Reason\r\n4,Account,丙公司,Changed since: region.\r\n"
    status = client.get(cast.url("imports/")).context["rows"][0][0].status
    assert status == {"label": "Undone, 1 row stays", "tone": "watch"}
    # Asked once more, from another tab, it is told how things stand.
    assert client.post(f"{undo_url}confirm/").url == page_url
    assert client.post(f"{undo_url}check/").url == page_url
    assert "moved on meanwhile" in client.get(page_url).content.decode()


def test_large_undo_shows_its_progress(cast, job, monkeypatch):
    monkeypatch.setattr(actions, "CHECKED_AT_ONCE", 1)
    client = cast.client(cast.member)
    undo_url = cast.url(f"imports/{job.pk}/undo/")
    answer = client.post(f"{undo_url}check/", follow=True)
    assert answer.request["PATH_INFO"] == cast.url(f"imports/{job.pk}/")
    assert "Looking at what an undo of file.csv would do" in answer.content.decode()
    assert client.get(cast.url("imports/")).context["rows"][0][0].status["tone"] == "busy"
    # Once it is known what it would do, the page goes there by itself; who comes back later finds the way.
    worked_off(job)
    ended = client.get(cast.url(f"imports/{job.pk}/progress/"), headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Redirect"]) == (204, undo_url)
    assert f'href="{undo_url}"' in client.get(cast.url(f"imports/{job.pk}/")).content.decode()
    assert "Undo the import" in client.get(undo_url).content.decode()
    client.post(f"{undo_url}confirm/")
    assert worked_off(job).state == "undone"
    ended = client.get(cast.url(f"imports/{job.pk}/progress/"), headers={"HX-Request": "true"})
    assert (ended["HX-Refresh"], "HX-Redirect" in ended) == ("true", False)
    assert f'href="{undo_url}"' not in client.get(cast.url(f"imports/{job.pk}/")).content.decode()


def test_who_may_not(cast, job):
    for rest in ("undo/", "kept.csv"):
        assert cast.client(cast.viewer).get(cast.url(f"imports/{job.pk}/{rest}")).status_code == 403
        assert cast.client(cast.stranger).get(cast.url(f"imports/{job.pk}/{rest}")).status_code == 404
    for rest in ("undo/check/", "undo/confirm/"):
        assert cast.client(cast.viewer).post(cast.url(f"imports/{job.pk}/{rest}")).status_code == 403
        assert cast.client(cast.stranger).post(cast.url(f"imports/{job.pk}/{rest}")).status_code == 404
        assert cast.client(cast.member).get(cast.url(f"imports/{job.pk}/{rest}")).status_code == 405
