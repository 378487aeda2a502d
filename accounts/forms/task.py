from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.account_choice import AccountChoice
from accounts.forms.fields import DayField
from accounts.models import Task
from accounts.models.task import Priority
from workspaces.queries import colleagues


class TaskForm(AccountChoice):
    title = forms.CharField(label=_("Task"), widget=forms.TextInput(attrs={"autofocus": True}))
    due_on = DayField(label=_("Due"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority, initial=Priority.NORMAL)
    assignee = forms.ChoiceField(label=_("For"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].required = False
        members = {member.user.email: str(member) for member in colleagues(workspace)}
        # Who has left keeps the task until somebody else is chosen.
        if present := self.initial.get("assignee"):
            members.setdefault(present, present)
        self.fields["assignee"].choices = [("", _("Nobody")), *members.items()]

    @staticmethod
    def initial_of(task: Task) -> dict:
        names = ("title", "due_on", "priority", "note")
        return {name: getattr(task, name) for name in names} | {
            "assignee": task.assignee.user.email if task.assignee else ""
        }
