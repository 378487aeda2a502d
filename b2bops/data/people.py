"""Erasing a person: a contact, or a member who has left. What was personal is overwritten or removed wherever it stands;
figures stay (docs/decisions/0035).
"""

import io
import zipfile
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Account, Attachment, Contact, Contract, Interaction, Participant, Task
from accounts.spelling import ACCOUNT_NAMES, spell
from b2bops.data.texts import ERASED, Words, put_out, tenant_models
from jobs.actions import queue_run
from jobs.imports.text_files import decode
from jobs.models import File, ImportedRow, ImportJob, Run
from jobs.runs import RunContext, RunFailed
from workspaces import roles
from workspaces.activity import Change, record_many
from workspaces.actor import Actor
from workspaces.models import Activity, Erasure, IdempotencyKey, Membership, Notification, User

KIND = "erasure"
# Copies of what stands elsewhere, on their way through: a name in them is put out whoever it is of.
PASSING = (
    "jobs.ImportJob",
    "jobs.ImportIssue",
    "jobs.ImportedRow",
    "jobs.Outbox",
    "jobs.Run",
    "jobs.WebhookEvent",
    "jobs.WebhookDelivery",
)


def request_erasure(*, workspace, kind: str, pk, everywhere: bool, by: Actor) -> Run:
    """Queue the erasure of a contact or of a former member (`Erasure.CONTACT`, `Erasure.MEMBER`).

    everywhere: the name is put out of the texts of other accounts, too. Raises DoesNotExist, and ValidationError for a
    member who is active.
    """
    by.require(roles.ERASE)
    if kind == Erasure.CONTACT:
        Contact.objects.get(workspace=workspace, pk=pk)
    elif Membership.objects.get(workspace=workspace, pk=pk).is_active:
        raise ValidationError(_("Deactivate the member first, and hand over what they own."))
    return queue_run(
        workspace=workspace,
        kind=KIND,
        key=f"{kind} {pk}",
        params={"of": kind, "pk": pk, "everywhere": everywhere},
        by=by,
    )


def run_erasure(context: RunContext) -> dict:
    """The erasure as a run: all of it in one transaction."""
    params = context.params
    do = erase_contact if params["of"] == Erasure.CONTACT else erase_member

    def told(done: int, of: int) -> None:
        context.progress(done / of, gettext_noop("%(done)s of %(all)s tables looked through"), done=done, all=of)

    try:
        with context.step():
            rows = do(
                workspace=context.workspace,
                pk=params["pk"],
                everywhere=params["everywhere"],
                by=context.actor,
                told=told,
            )
    except PermissionDenied as error:
        raise RunFailed("forbidden", gettext_noop("Whoever asked for this may not do it any more.")) from error
    except (Contact.DoesNotExist, Membership.DoesNotExist) as error:
        raise RunFailed("gone", gettext_noop("There is nobody to erase any more.")) from error
    return {"rows": rows}


@transaction.atomic
def erase_contact(
    *, workspace, pk, everywhere: bool, by: Actor, told: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Erase a contact; how many rows that changed. The row stays, so that interactions and counts keep their ground."""
    by.require(roles.ERASE)
    contact = Contact.objects.select_for_update().get(workspace=workspace, pk=pk)
    known = _known_of_contact(workspace, contact)
    sure = Words.of([*known["email"], *known["wechat"], *known["external_id"]], known["mobile"])
    names = Words.of(known["name"], kept=_company_names(workspace, known["name"]))
    linked = _linked(workspace, contact)
    about = {"workspace": workspace, "subject_type": "contact", "subject_id": str(contact.pk)}
    Activity.objects.filter(**about).update(before=None, after=None, subject_label=ERASED)
    ImportedRow.objects.filter(**about).delete()
    Notification.objects.filter(**about).update(subject_label=ERASED)
    _overwrite(contact)
    changed = 1 + _clean(workspace, sure, names, None if everywhere else linked, told)
    _note(workspace, Erasure.CONTACT, contact.pk, by)
    return changed


def _overwrite(contact: Contact) -> None:
    """Every field that says something of the person, those that were added later as well."""
    stay = {"id", "workspace", "account", "is_demo", "created_at"}
    for field in contact._meta.concrete_fields:
        if field.name not in stay:
            setattr(contact, field.name, None if field.null else field.get_default())
    contact.name = ERASED
    contact.void_reason = ERASED
    contact.voided_at = contact.updated_at = Now()
    contact.save()


def _known_of_contact(workspace, contact: Contact) -> dict[str, set[str]]:
    """What the person was ever known by, by field: now, in the trail, in the journals of imports."""
    fields = ("name", "mobile", "wechat", "email", "external_id")
    known = {field: {getattr(contact, field) or ""} for field in fields}
    about = {"workspace": workspace, "subject_type": "contact", "subject_id": str(contact.pk)}
    for model in (Activity, ImportedRow):
        for before, after in model.objects.filter(**about).values_list("before", "after"):
            for side in (before or {}, after or {}):
                for field in fields:
                    known[field].add(str(side.get(field) or ""))
    # A key that is a word or a small number would be put out of other people's texts.
    known["external_id"] = {text for text in known["external_id"] if "@" in text or len(text) > 11}
    return {field: values - {""} for field, values in known.items()}


def _company_names(workspace, names: Iterable[str]) -> set[str]:
    """Names of accounts that hold a person's name and are longer: a company's name is not the person's."""
    found = Words.of(names)
    if not found:
        return set()
    holds = models.Q()
    for column in ACCOUNT_NAMES:
        holds |= models.Q(**{f"{column}__iregex": found.pattern})
    rows = Account.objects.filter(holds, workspace=workspace).values_list(*ACCOUNT_NAMES)
    lowered = {name.lower() for name in names}
    return {text for row in rows for text in row if found.stand_in(text) and text.lower() not in lowered}


def _linked(workspace, contact: Contact) -> set[str]:
    """Ids of the contact, of its account, and of what is about that account: where the name means this person."""
    talks = Participant.objects.filter(workspace=workspace, contact=contact).values_list(
        "interaction", "interaction__account"
    )
    accounts = {contact.account_id} | {account for _talk, account in talks}
    ids = {contact.pk, *accounts, *(talk for talk, _account in talks)}
    of_accounts: tuple[type[models.Model], ...] = (Contact, Contract, Interaction, Task)
    for model in of_accounts:
        rows = model._default_manager.filter(workspace=workspace, account_id__in=accounts)
        ids |= set(rows.values_list("pk", flat=True))
    return {str(pk) for pk in ids}


def _clean(workspace, sure: Words, names: Words, linked: set[str] | None, told: Callable[[int, int], None]) -> int:
    """Put addresses and numbers out of everything, and names out of what is `linked`, or of everything (None)."""
    changed = _drop_files(workspace, sure, names)
    changed += _drop_answers(workspace, sure, names)
    changed += _empty_attachments(workspace, sure, names)
    every = tenant_models()
    for number, model in enumerate(every, start=1):
        changed += put_out(workspace, model, sure)
        where, values = ("true", []) if linked is None or model._meta.label in PASSING else _where(model, linked)
        if where:
            changed += put_out(workspace, model, names, where=where, values=values)
        told(number, len(every))
    # Where a name was put out of others, its letters go as well.
    for model in (Account, Contact):
        spell(model._default_manager.filter(workspace=workspace, name__contains=ERASED))
    for column in ACCOUNT_NAMES[1:]:
        spell(Account.objects.filter(workspace=workspace, **{f"{column}__contains": ERASED}))
    return changed


def _where(model: type[models.Model], linked: set[str]) -> tuple[str, list]:
    """Which rows of a model are about the linked things; "" for none."""
    columns = {field.column for field in model._meta.concrete_fields}
    ids = list(linked)
    if model in (Account, Contact, Contract, Interaction, Task):
        return "id::text = any(%s)", [ids]
    found = [
        name for name in ("account_id", "subject_id", "contact_id", "interaction_id", "contract_id") if name in columns
    ]
    return " or ".join(f"{name}::text = any(%s)" for name in found), [ids] * len(found)


def _drop_files(workspace, *words: Words) -> int:
    """Let go of every kept file in which the person stands, and of what cannot be looked into."""
    gone = [
        file.pk
        for file in File.objects.filter(workspace=workspace).iterator(chunk_size=1)
        # Whoever is in the workspace is in an export of it, which can be made again.
        if file.parts.exists() or any(one.stand_in(file.name) for one in words) or _holds(bytes(file.content), words)
    ]
    if gone:
        ImportJob.objects.filter(workspace=workspace, file__in=gone).update(preview={}, fixes={}, columns=[])
        File.objects.filter(workspace=workspace, pk__in=gone).delete()
    return len(gone)


def _holds(content: bytes, words: Iterable[Words]) -> bool:
    try:
        texts = _texts_of(content)
        return any(one.stand_in(text) for text in texts for one in words)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return True


def _texts_of(content: bytes) -> list[str]:
    if not content.startswith(b"PK"):
        return [decode(content)[0]]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [unescape(archive.read(member).decode("utf-8", "replace")) for member in archive.infolist()]


def _empty_attachments(workspace, *words: Words) -> int:
    """Take the bytes out of attached files in which the person stands; pictures and scans cannot be looked into."""
    gone = []
    for pk, content in (
        Attachment.objects.filter(workspace=workspace, voided_at=None)
        .values_list("pk", "content")
        .iterator(chunk_size=1)
    ):
        raw = bytes(content)
        try:
            texts = _texts_of(raw) if raw.startswith(b"PK") else [raw.decode("utf-8", "replace")]
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
            continue
        if any(one.stand_in(text) for text in texts for one in words):
            gone.append(pk)
    found = Attachment.objects.filter(workspace=workspace, pk__in=gone)
    return found.update(content=b"", size=0, sha256="", voided_at=Now(), updated_at=Now(), void_reason=ERASED)


def _drop_answers(workspace, *words: Words) -> int:
    """Let go of answers that are kept for a day, where the person stands in them; and of those that nobody can read."""
    gone = [
        pk
        for pk, body in IdempotencyKey.objects.filter(workspace=workspace).values_list("pk", "body").iterator()
        if body is None or any(one.stand_in(bytes(body).decode("utf-8", "replace")) for one in words)
    ]
    IdempotencyKey.objects.filter(workspace=workspace, pk__in=gone).delete()
    return len(gone)


@transaction.atomic
def erase_member(
    *, workspace, pk, everywhere: bool, by: Actor, told: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Erase a member who has left: their place stays, under nobody's name. Whoever is a member of other workspaces stays
    a user there. Raises Membership.DoesNotExist also where they are erased already.
    """
    by.require(roles.ERASE)
    member = Membership.objects.select_for_update(of=("self",)).select_related("user").get(workspace=workspace, pk=pk)
    if member.is_active:
        raise ValidationError(_("Deactivate the member first, and hand over what they own."))
    user, nobodys = member.user, f"{member.pk}@erased.invalid"
    if user.email == nobodys:
        raise Membership.DoesNotExist
    nobody = User.objects.create(email=nobodys, name=ERASED, is_active=False)
    changed = 1
    for model in tenant_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is User:
                rows = model._default_manager.filter(workspace=workspace, **{field.attname: user.pk})
                changed += rows.update(**{field.attname: nobody.pk})
    Notification.objects.filter(workspace=workspace, member=member).delete()
    delete_user(user)
    sure = Words.of([user.email])
    names = Words.of([user.name] if user.name else [], kept=_company_names(workspace, [user.name] if user.name else []))
    linked = {str(member.pk)}
    changed += _clean(workspace, sure, names, None if everywhere else linked, told)
    _note(workspace, Erasure.MEMBER, member.pk, by)
    return changed


def delete_user(user: User) -> None:
    """With sessions and second steps; not where they are, or were, a member of another workspace, which cannot be seen
    from here.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select workspaces_of(%s)", [user.pk])
            if cursor.fetchone() is not None:
                return
            user.delete()
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
    except IntegrityError:
        pass


def _note(workspace, kind: str, pk: Any, by: Actor) -> None:
    """That it happened, without a word of whom."""
    Erasure.objects.create(kind=kind, of_workspace=workspace.pk, subject=pk)
    subject_type = "contact" if kind == Erasure.CONTACT else "membership"
    record_many(workspace=workspace, by=by, changes=[Change("erased", subject_type, pk, ERASED)])
