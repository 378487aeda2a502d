"""What each page of settings is for, what a change of it changes, who may change it, and since when it is as it is."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from workspaces import roles
from workspaces.models import Activity

ONLY_OWNERS = _("Only owners may change these.")
FOR_ME = _("For you alone: nobody else sees or changes it.")
# What of the trail is a change; that a secret was looked at or a webhook tried is none.
CHANGES = {
    "created",
    "updated",
    "removed",
    "archived",
    "restored",
    "revoked",
    "enabled",
    "disabled",
    "secret_changed",
    "joined",
    "deactivated",
    "reactivated",
}


@dataclass(frozen=True)
class About:
    """what, effect, who: sentences. subjects: kinds of the trail that are changes of it. link: (label, URL name) of what
    says more.
    """

    what: Any
    effect: Any = ""
    who: Any = ONLY_OWNERS
    subjects: tuple[str, ...] = ()
    link: tuple[Any, str] | None = None


ABOUT: dict[str, About] = {
    "workspaces:settings": About(
        _("What the company is called here, its language and calendar, and the rules for signing in and sharing."),
        _(
            "Most of it holds at once. Another time zone or fiscal year is taken up by the next closing, which computes "
            "anew what it touches; until then the figures on show stay."
        ),
        subjects=("workspace",),
    ),
    "workspaces:members": About(
        _("Who works here, and as what."),
        _(
            "A role or team holds from the next click on. Somebody who leaves is deactivated: what they did stays, and "
            "their accounts can be handed over first."
        ),
        subjects=("membership", "invitation"),
        link=(_("What each role may do"), "workspaces:roles"),
    ),
    "workspaces:teams": About(
        _(
            "People who serve accounts together. A team takes nothing away from its members: roles say what they may do."
        ),
        _(
            "Figures of a team are those of the people who are in it today, for past months too. Whoever is deactivated "
            "stops being a team's manager."
        ),
        subjects=("team",),
    ),
    "workspaces:roles": About(
        _("What each role may do. Everybody has one here; a page that you may not open is not shown to you."),
        who=_(
            "The roles are the same in every workspace. An owner gives somebody another one on their page under Members."
        ),
    ),
    "metrics:metric_settings": About(
        _("Choices that the definitions leave to you. The figures of a day follow the choices of that day."),
        _(
            "Before a change is saved you see which closed periods it would change. The next closing computes them anew, "
            "and what was published before stands under Restatements."
        ),
        subjects=("metricsettings",),
        link=(_("The definitions"), "metrics:definitions"),
    ),
    "metrics:goal_page": About(
        _("What a metric is to reach in a month, quarter or year, in the whole workspace or in a team."),
        _("A goal stands at once on the tiles and charts of its metric, for everybody. It changes no figure."),
        who=_("Managers and owners may change these."),
        subjects=("goal",),
    ),
    "metrics:shared_link_list": About(
        _("Links that show one dashboard to people without a sign-in: read only, without rows, until a day."),
        _("A revoked link is shut at once. Owners can shut all of them under General."),
        who=_("Everybody who may export makes links, and revokes their own; owners revoke any."),
        subjects=("shared_link",),
    ),
    "accounts:custom_fields": About(
        _("What your accounts carry beyond the fields that everybody has."),
        _(
            "A new field stands at once on accounts, in lists and filters, in imports and in the API, and figures can be "
            "cut by it. An archived one keeps its values."
        ),
        subjects=("custom_field",),
    ),
    "data:data": About(
        _("Take everything along as one file, or have a person or the whole workspace forgotten."),
        who=_("Everybody who may export; only owners erase."),
    ),
    "workspaces:api_keys": About(
        _("With a key your own systems send accounts and contracts and read figures."),
        _("A revoked key is refused at once. Only a hash is kept: a key that is lost is revoked and made anew."),
        subjects=("apikey",),
        link=(_("What a key may do"), "workspaces:roles"),
    ),
    "jobs:webhook_list": About(
        _("Your systems that are told, signed, when accounts, contracts or figures change."),
        _(
            "A change holds for the next event. A receiver that does not answer is tried for days, then disabled, and "
            "owners are told."
        ),
        subjects=("webhook",),
    ),
    "metrics:digest_settings": About(
        _("Once a week how the figures stand and what moved them: into a group by its robot, or by mail."),
        _("A change holds for the next one. None leaves before its day is closed."),
        subjects=("robot",),
    ),
    "metrics:preferences": About(
        _("Where you begin after signing in, and whether the weekly digest comes to you by mail."), who=FOR_ME
    ),
    "workspaces:notification_choices": About(
        _("What you are told, and whether under the bell alone or by mail too. It holds for what happens from now on."),
        who=FOR_ME,
    ),
}


def about_page(request, url_name: str) -> dict | None:
    """The sentences of a page of settings, {what, effect, who, link?, last?}. last: {at, who, url} of the latest change, for
    who may read the trail.
    """
    about = ABOUT.get(url_name)
    if about is None:
        return None
    slug = request.workspace.slug
    shown: dict[str, Any] = {"what": about.what, "effect": about.effect, "who": about.who}
    if about.link:
        label, name = about.link
        shown["link"] = {"label": label, "url": reverse(name, args=[slug])}
    if about.subjects and request.actor.has_permission(roles.VIEW_ACTIVITY):
        shown["last"] = _last_change(request.workspace, about.subjects)
    return shown


def _last_change(workspace, subjects: tuple[str, ...]) -> dict | None:
    """By `at`, which is in no index: by id Postgres would walk the whole trail back, which is mostly of accounts."""
    found = Activity.objects.filter(workspace=workspace, subject_type__in=subjects, verb__in=CHANGES)
    last = found.select_related("user").order_by("-at").first()
    if last is None:
        return None
    trail = reverse("workspaces:activity", args=[workspace.slug])
    who = str(last.user) if last.user is not None else last.actor
    return {"at": last.at, "who": who, "url": f"{trail}?{urlencode({'kind': subjects}, doseq=True)}"}
