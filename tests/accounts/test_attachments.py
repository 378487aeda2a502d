"""Files of accounts and interactions: what is taken in, who gets it, how it leaves, and with what it goes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions import void_account, void_interaction
from accounts.file_rules import LONGEST_NAME, MAX_BYTES, MOST_AT_ONCE, clean_name, read_some, refusal
from accounts.models import Attachment
from tests.accounts import facts
from workspaces.models import Activity
from workspaces.scope import workspace_scope

PDF = b"%PDF-1.7 x"
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response):
    return response.content.decode()


def upload(name="offer.pdf", content=PDF):

    return SimpleUploadedFile(name, content)


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def files(cast):
    with workspace_scope(cast.workspace):
        return list(Attachment.objects.standing().order_by("pk"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("C:\\Users\\x\\报价 单.pdf", "报价 单.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.txt", "a b.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a<b>:"|?*.csv', "a_b______.csv"),
        (".pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given) == kept


def test_what_is_refused_is_not_taken_into_memory():
    class Upload:
        name = "film.mp4"

        def read(self, most):
            return b"x" * min(most, 10 * MAX_BYTES)

    found = read_some(Upload() for _number in range(100))
    assert len(found) == MOST_AT_ONCE + 1
    assert {len(content) for _name, content in found} == {MAX_BYTES + 1}
    assert refusal(*found[0]) == "film.mp4 is larger than 20 MB."


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("offer.pdf", PDF, ""),
        ("合同.docx", b"PK\x03\x04rest", ""),
        ("旧表.xls", b"\xd0\xcf\x11\xe0rest", ""),
        ("rows.csv", "客户,金额".encode("gb18030"), ""),
        ("empty.txt", b"", "empty.txt is empty."),
        ("run.exe", b"MZ", "Files of this kind are not kept: run.exe."),
        ("page.html", b"<html>", "Files of this kind are not kept: page.html."),
        ("pdf", PDF, "Files of this kind are not kept: pdf."),
        ("picture.png", PDF, "picture.png is not what its ending says."),
        ("notes.txt", b"\xef\xbb\xbf <SVG onload=x>", "notes.txt is not what its ending says."),
        ("notes.txt", b"MZ\x90\x00", "notes.txt is not what its ending says."),
        ("large.txt", b"x" * (MAX_BYTES + 1), "large.txt is larger than 20 MB."),
    ],
)
def test_what_may_be_attached(name, content, why):
    assert refusal(name, content) == why


def test_a_file_is_added_downloaded_and_removed(cast, account):
    client = cast.client(cast.member)
    page = cast.url(f"accounts/{account.pk}/")
    assert client.post(f"{page}files/", {"files": [upload("../报价.pdf"), upload("b.txt", b"hello")]}).url == page
    first, second = files(cast)
    assert (first.name, bytes(first.content), first.size) == ("报价.pdf", PDF, len(PDF))
    assert first.added_by_id == cast.member.pk
    shown = text(cast.client(cast.viewer).get(page))
    assert "报价.pdf" in shown
    assert f"remove-{first.pk}" not in shown
    answer = cast.client(cast.viewer).get(cast.url(f"accounts/files/{first.pk}/"))
    assert answer.getvalue() == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf"
    remove = cast.url(f"accounts/files/{first.pk}/remove/")
    assert client.post(remove, {"reason": " "}).url == page
    assert len(files(cast)) == 2
    assert client.post(remove, {"reason": "Wrong customer", "back": "https://evil.example"}).url == page
    assert [one.pk for one in files(cast)] == [second.pk]
    with workspace_scope(cast.workspace):
        gone = Attachment.objects.get(pk=first.pk)
        assert (gone.name, bytes(gone.content), gone.void_reason) == ("报价.pdf", b"", "Wrong customer")
        verbs = Activity.objects.filter(subject_type="attachment").order_by("pk").values_list("verb", "subject_label")
        assert list(verbs) == [("created", "报价.pdf"), ("created", "b.txt"), ("removed", "报价.pdf")]
    assert client.get(cast.url(f"accounts/files/{first.pk}/")).status_code == 404
    shown = text(client.get(page))
    for told in ("File 报价.pdf added", "File 报价.pdf removed", "Wrong customer"):
        assert told in shown


def test_bad_files_are_refused_all_together(cast, account, settings):
    client = cast.client(cast.member)
    address = cast.url(f"accounts/{account.pk}/files/")
    answer = client.post(address, {"files": [upload(), upload("run.exe", b"MZ")]}, **HTMX)
    assert answer.status_code == 422
    assert "Files of this kind are not kept: run.exe." in text(answer)
    assert "Choose a file." in text(client.post(address, {}))
    many = client.post(address, {"files": [upload(f"{number}.pdf") for number in range(11)]}, **HTMX)
    assert "At most 10 files at once." in text(many)
    settings.ATTACHMENTS_MB = 0
    assert "There is no room left" in text(client.post(address, {"files": upload()}, **HTMX))
    assert files(cast) == []


def test_files_go_with_what_they_belong_to(acme):
    account = facts.account(acme.workspace)
    talk = facts.interaction(account)
    of_talk, of_account = facts.attachment(account, interaction=talk), facts.attachment(account)
    by = acme.actor(acme.owner)
    void_interaction(workspace=acme.workspace, pk=talk.pk, reason="Twice", by=by)
    assert [one.pk for one in files(acme)] == [of_account.pk]
    void_account(workspace=acme.workspace, pk=account.pk, reason="Gone", by=by)
    assert files(acme) == []
    with workspace_scope(acme.workspace):
        left = Attachment.objects.get(pk=of_talk.pk)
    assert (bytes(left.content), left.void_reason) == (b"", "Twice")


def test_viewers_add_nothing_and_strangers_get_nothing(cast, account):
    made = facts.attachment(account)
    theirs = facts.attachment(facts.account(cast.rival))
    viewer, owner = cast.client(cast.viewer), cast.client(cast.owner)
    assert viewer.post(cast.url(f"accounts/{account.pk}/files/"), {"files": upload()}).status_code == 403
    assert viewer.post(cast.url(f"accounts/files/{made.pk}/remove/"), {"reason": "x"}).status_code == 403
    assert owner.get(cast.url(f"accounts/files/{theirs.pk}/")).status_code == 404
    assert owner.post(cast.url(f"accounts/files/{theirs.pk}/remove/"), {"reason": "x"}).status_code == 404
    assert len(files(cast)) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("offer.pdf", "application/pdf"),
        ("plan.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("logo.png", "image/png"),
        ("notes.txt", "text/plain"),
        ("page.html", "application/octet-stream"),
        ("page.xhtml", "application/octet-stream"),
        ("logo.svg", "application/octet-stream"),
        ("feed.xml", "application/octet-stream"),
        ("code.js", "application/octet-stream"),
        ("no ending", "application/octet-stream"),
    ],
)
def test_a_download_runs_nothing_here(cast, account, name, kind):
    """Also where a browser shows it all the same."""
    kept = facts.attachment(account)
    with workspace_scope(cast.workspace):
        # As if it had come past the rules for what is taken in.
        Attachment.objects.filter(pk=kept.pk).update(name=name)
    answer = cast.client(cast.member).get(cast.url(f"accounts/files/{kept.pk}/"))
    assert answer["Content-Type"].partition(";")[0] == kind
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
