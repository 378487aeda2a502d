from collections.abc import Iterable, Sequence
from typing import cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.actions.interactions import MENTIONING
from accounts.file_rules import read_some
from accounts.forms.account_choice import AccountChoice
from accounts.forms.fields import DayField
from accounts.forms.rows import RowForm
from accounts.models import Contact, Interaction
from accounts.models.interaction import InteractionKind
from workspaces.mentions import from_typed, members_named, mentioned, people_by_name, plain, shorten
from workspaces.models import Membership

AREA = {"data-mentions": ""}


class TalkForm(RowForm):
    """What passed between us and an account. `contacts`: those of the account who may have taken part; none while the
    account is not known yet. `members`: colleagues whom ``@name`` in a text means; ids of those that were picked from
    the menu come along, because names repeat.
    """

    kind = forms.ChoiceField(label=_("Kind"), choices=InteractionKind)
    happened_on = DayField(label=_("Day"))
    subject = forms.CharField(label=_("Subject"), required=False)
    contacts = forms.MultipleChoiceField(
        label=_("Contacts present"), required=False, widget=forms.CheckboxSelectMultiple
    )
    participants = forms.CharField(label=_("Others present"), required=False)
    stage = forms.CharField(label=_("Stage"), required=False)
    need = forms.CharField(label=_("Need"), required=False, widget=forms.Textarea(attrs={"rows": 2} | AREA))
    minutes = forms.CharField(label=_("Minutes"), required=False, widget=forms.Textarea(attrs={"rows": 6} | AREA))
    feedback = forms.CharField(label=_("Feedback"), required=False, widget=forms.Textarea(attrs={"rows": 2} | AREA))
    next_step = forms.CharField(label=_("Next step"), required=False, widget=forms.TextInput(attrs=AREA))
    next_step_on = DayField(label=_("Next step on"), required=False)

    def __init__(self, data=None, *, contacts: Sequence[Contact], members: Iterable[Membership] = (), **kwargs):
        self.members = list(members)
        super().__init__(data, **kwargs)
        if contacts:
            present = cast(forms.MultipleChoiceField, self.fields["contacts"])
            present.choices = [(str(contact.pk), str(contact)) for contact in contacts]
        else:
            del self.fields["contacts"]

    @property
    def picked(self) -> list[str]:
        """Ids of the members picked from the menu, to be sent along again."""
        sent = getattr(self.data, "getlist", None)
        return sent("mention") if self.is_bound and sent else self.initial.get("mention", [])

    def row(self):
        row = super().row()
        people = people_by_name(self.members, self.picked)
        for name in MENTIONING:
            if row.get(name):
                row[name] = from_typed(row[name], people)
        return row

    def take_errors(self, errors):
        """Refused contacts (``contacts.1``) stand beside the field that they were chosen in."""
        super().take_errors({path.partition(".")[0]: messages for path, messages in errors.items()})

    @staticmethod
    def initial_of(interaction: Interaction) -> dict:
        names = (
            "kind", "happened_on", "subject", "participants", "stage", "need", "minutes", "feedback", "next_step",
            "next_step_on",
        )  # fmt: skip
        texts = [getattr(interaction, name) for name in MENTIONING]
        called = members_named(interaction.workspace_id, texts)
        return (
            {name: getattr(interaction, name) for name in names}
            | {name: plain(getattr(interaction, name), called) for name in MENTIONING}
            | {
                "contacts": [str(one.contact_id) for one in interaction.people.all()],
                "mention": [str(pk) for pk in mentioned(texts)],
            }
        )


class InteractionForm(AccountChoice, TalkForm):
    """With the account that it is about, typed or known."""


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files → list of uploaded files."""

    def __init__(self, **kwargs):
        super().__init__(widget=ManyFilesInput(), **kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class ComposerForm(TalkForm):
    """On top of an account's timeline: begins as one line; the next step may become a task, and files may come along."""

    error_fields = {
        "task.due_on": "next_step_on",
        "task.title": "next_step",
        "task.assignee": "assignee",
        "files": "attachments",
    }

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=InteractionKind,
        initial=InteractionKind.NOTE,
        widget=forms.RadioSelect,
    )
    minutes = forms.CharField(label=_("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 1} | AREA))
    makes_task = forms.BooleanField(label=_("Make it a task"), required=False)
    assignee = forms.ChoiceField(label=_("For"), required=False)
    attachments = ManyFilesField(label=_("Files"), required=False)

    def __init__(self, data=None, files=None, *, me: Membership | None = None, **kwargs):
        super().__init__(data, files=files, auto_id="talk-%s", **kwargs)
        assignee = cast(forms.ChoiceField, self.fields["assignee"])
        assignee.choices = [("", _("Nobody")), *((one.user.email, str(one)) for one in self.members)]
        if me is not None:
            self.initial.setdefault("assignee", me.user.email)

    def clean(self):
        given = super().clean() or self.cleaned_data
        said = ("subject", "need", "minutes", "feedback", "next_step", "attachments")
        if not any(given.get(name) for name in said) and not self.errors:
            self.add_error("minutes", _("Write something first."))
        if given.get("makes_task") and not given.get("next_step"):
            self.add_error("next_step", _("Say what is to be done."))
        return given

    def row(self):
        return {
            name: value
            for name, value in super().row().items()
            if name not in ("makes_task", "assignee", "attachments")
        }

    def task(self) -> dict | None:
        """The task that the next step becomes, if it is to become one."""
        given = self.cleaned_data
        if not given.get("makes_task") or not given.get("next_step"):
            return None
        title = shorten(plain(given["next_step"]), 199)
        return {"title": title, "due_on": given.get("next_step_on"), "assignee": given.get("assignee") or None}

    def uploads(self) -> list[tuple[str, bytes]]:
        files: list[UploadedFile] = self.cleaned_data.get("attachments") or []
        return read_some(files)
