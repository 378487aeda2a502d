"""Texts that are not known: what they mean is said once, holds for all rows, and is remembered."""

import pytest

from accounts.models import Account
from tests.jobs.imports.files import csv_bytes
from tests.jobs.imports.test_pages import form_of, job_of, upload, work
from workspaces.scope import workspace_scope

LEDGER = csv_bytes(
    "客户编号,客户名称,客户经理",
    "C-1,甲公司,王老板",
    "C-2,乙公司,外包",
    "C-3,丙公司,王老板",
    "C-4,丁公司,{mail}",
    "C-5,戊公司,{name}",
    "C-6,己公司,",
).decode()


@pytest.mark.django_db(transaction=True)
def test_unknown_owners_are_decided_once_and_remembered(cast):
    client = cast.client(cast.member)
    mail, manager = cast.member.user.email, cast.manager.user.email
    cast.member.user.name = "小李"
    cast.member.user.save(update_fields=["name"])
    content = LEDGER.format(mail=mail.upper(), name="小李").encode()

    upload(cast, client, "accounts", content)
    page = client.get(cast.url(f"imports/{job_of(cast).pk}/columns/"))
    questions = page.context["columns"][2].questions
    assert [question.label for question in questions] == ["“王老板” means", "“外包” means"], "others are members"
    data = form_of(page) | {questions[0].name: manager, questions[1].name: "-"}
    client.post(page.request["PATH_INFO"], data)
    job = job_of(cast)
    assert (job.counts["created"], job.counts["errors"]) == (6, 0)
    client.post(cast.url(f"imports/{job.pk}/confirm/"))
    work(cast, job_of(cast))
    with workspace_scope(cast.workspace):
        owners = Account.objects.order_by("external_id").values_list("owner__user__email", flat=True)
        assert list(owners) == [manager, None, manager, mail, mail, None]

    upload(cast, client, "accounts", content)
    page = client.get(cast.url(f"imports/{job_of(cast).pk}/columns/"))
    data = form_of(page)
    assert [data[question.name] for question in page.context["columns"][2].questions] == [manager, "-"]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_owner_without_a_decision_is_an_error_in_its_row(cast):
    client = cast.client(cast.member)
    upload(cast, client, "accounts", csv_bytes("客户编号,客户名称,客户经理", "C-1,甲公司,王老板", "C-2,乙公司,"))
    page = client.get(cast.url(f"imports/{job_of(cast).pk}/columns/"))
    client.post(page.request["PATH_INFO"], form_of(page))
    job = job_of(cast)
    assert (job.counts["created"], job.counts["errors"]) == (1, 1)
    assert job.preview["errors"][0]["cells"][2]["errors"] == ["“王老板” is not one of the choices."]
