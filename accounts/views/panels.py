"""What the side panel of a list shows of an account, a contact, a contract or a task: the essentials of its page."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import properties, queries
from accounts.committee import committee
from accounts.contract_summary import summarise
from accounts.distance import distance
from accounts.models import Account, Task
from accounts.views.account import account_or_404
from workspaces import formats, roles

# Of contracts, people and tasks each; the page has all.
SHOWN = 5


@require_GET
def account_panel(request, slug, pk):
    account = account_or_404(request.workspace, pk)
    if not request.htmx:
        return redirect("accounts:account_page", slug, pk)
    day = request.workspace.local_day(timezone.now())
    contracts = list(
        queries.standing_contracts(request.workspace).filter(account=account).order_by("-starts_on", "-pk")[: SHOWN + 1]
    )
    settings = queries.settings_by_day(request.workspace)
    people = committee(account, day=day)
    tasks = list(queries.open_tasks_of(account)[: SHOWN + 1])
    context = {
        "account": account,
        "facts": _facts(account, request.workspace, day),
        "properties": properties.account_properties(account, request.workspace),
        "summaries": [summarise(contract, day=day, settings=settings) for contract in contracts[:SHOWN]],
        "contacts": people.contacts[:SHOWN],
        "warnings": people.warnings,
        "tasks": tasks[:SHOWN],
        "more": len(contracts) > SHOWN or len(people.contacts) > SHOWN or len(tasks) > SHOWN,
        "today": day,
        "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
    }
    return render(request, "accounts/account_panel.html", context)


def _facts(account: Account, workspace, day) -> list[dict]:
    language = get_language() or "en"
    mrr = formats.money(account.mrr if account.customer_since else None, workspace.base_currency)
    facts = [{"label": _("MRR"), "value": mrr}]
    if account.churned_on and not account.mrr_cents:
        return [*facts, {"label": _("Churned on"), "value": formats.day(account.churned_on, language)}]
    renewal = {"label": _("Renewal"), "value": formats.day(account.renewal_on, language)}
    return [*facts, renewal | {"note": distance(account.renewal_on, day)}]


@require_GET
def contact_panel(request, slug, pk):
    contact = get_object_or_404(queries.standing_contacts(request.workspace), pk=pk)
    if not request.htmx:
        return redirect("accounts:contact_page", slug, pk)
    context = {
        "contact": contact,
        "properties": properties.contact_properties(contact),
        "others": contact.account.contacts.standing().exclude(pk=contact.pk).order_by("sort_name", "pk")[:SHOWN],
        "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
    }
    return render(request, "accounts/contact_panel.html", context)


@require_GET
def contract_panel(request, slug, pk):
    contract = get_object_or_404(queries.standing_contracts(request.workspace), pk=pk)
    if not request.htmx:
        return redirect("accounts:contract_page", slug, pk)
    day = request.workspace.local_day(timezone.now())
    context = {
        "contract": contract,
        "summary": summarise(contract, day=day, settings=queries.settings_by_day(request.workspace)),
        "properties": properties.contract_properties(contract),
        "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
    }
    return render(request, "accounts/contract_panel.html", context)


@require_GET
def task_panel(request, slug, pk):
    """A task, and what is around it: how its account stands, what was said last, what else is to be done there."""
    task = get_object_or_404(queries.standing_tasks(request.workspace), pk=pk)
    may_edit = request.actor.has_permission(roles.EDIT_FACTS)
    if not request.htmx:
        if may_edit:
            return redirect("accounts:task_edit", slug, pk)
        # There is no page of a task but its form.
        return redirect("accounts:account_page", slug, task.account_id) if task.account_id else redirect(_tasks(slug))
    day = request.workspace.local_day(timezone.now())
    context = {
        "task": task,
        "properties": [row for row in properties.task_properties(task) if row.get("field") != "title"],
        "today": day,
        "back": _list_with(request, task),
        "may_edit": may_edit,
    }
    if task.account is not None:
        others = list(queries.open_tasks_of(task.account).exclude(pk=task.pk)[: SHOWN + 1])
        context |= {
            "facts": _facts(task.account, request.workspace, day),
            "talk": queries.latest_talk(task.account),
            "others": others[:SHOWN],
            "more": len(others) > SHOWN,
        }
    return render(request, "accounts/task_panel.html", context)


def _list_with(request, task: Task) -> str:
    """The list as it stands in the reader's window, with this task beside it."""
    path, _mark, query = (request.htmx.current_url_abs_path or _tasks(request.workspace.slug)).partition("?")
    state = QueryDict(query, mutable=True)
    state["open"] = str(task.pk)
    return f"{path}?{state.urlencode()}"


def _tasks(slug: str) -> str:
    return reverse("accounts:task_list", args=[slug])
