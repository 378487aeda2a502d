"""The views of one list as its page shows them: tabs above it, what can be done with the one that is open, and which opens
when the address asks for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from workspaces import roles, where
from workspaces.actions.saved_views import is_own, may_change
from workspaces.forms.saved_view import SavedViewForm
from workspaces.kept_lists import KeptList, address, state_of
from workspaces.list_address import list_address
from workspaces.list_columns import COLUMNS, NO_COLUMNS
from workspaces.lists import SAVED, ShownList
from workspaces.models import SavedView
from workspaces.queries import default_view_of, visible_views

# What the address says instead of a view, by those whose list opens with one.
NO_VIEW = "none"


@dataclass(frozen=True)
class Tab:
    label: Any
    href: str
    active: bool
    is_private: bool = False
    is_default: bool = False


@dataclass(frozen=True)
class ShownViews:
    """What templates/lists/views.html renders. state: what the list shows now, as a query string."""

    tabs: list[Tab]
    state: str
    new_url: str
    new_form: SavedViewForm
    current: SavedView | None = None
    is_changed: bool = False
    may_change: bool = False
    edit_form: SavedViewForm | None = None
    menu: Sequence[dict] = ()
    is_default: bool = False


class ListViews:
    """The views that the reader of a request may choose for a list. opening: the state in which the list opens for those
    who chose no view for that.
    """

    def __init__(self, request, kept: KeptList, opening: Mapping[str, str] | None = None):
        self.request, self.kept, self.opening = request, kept, opening or {}
        self.path = kept.path(request.workspace.slug)
        user_id = request.actor.user_id
        self.views = list(
            visible_views(request.workspace, user_id)
            .filter(of_list=kept.key)
            .annotate(is_default=default_view_of(request.workspace, user_id))
        )
        self.default = next((view for view in self.views if view.is_default), None)
        asked = request.GET.get(SAVED, "")
        self.current = next((view for view in self.views if str(view.pk) == asked), None)

    @property
    def opening_url(self) -> str:
        """Where the list opens instead when its address asks for nothing, or comes from a form: the one of a filter, or that
        of columns, which names them one by one; "" for right here.
        """
        asked = self.request.GET
        if where.is_asked(asked):
            return list_address(self.path, where.settled(asked))
        if self.default is not None and not asked:
            return address(self.path, self.default.state, self.default.pk)
        if self.opening and not asked:
            return f"{self.path}?{urlencode(self.opening)}"
        if len(columns := asked.getlist(COLUMNS)) > 1:
            names = ",".join(name for name in columns if name != NO_COLUMNS)
            return f"{self.path}?{urlencode(asked.dict() | {COLUMNS: names}, safe=',')}"
        return ""

    @property
    def beside(self) -> dict[str, str]:
        """What every link of the list keeps: which view it is."""
        if self.current is not None:
            return {SAVED: str(self.current.pk)}
        return self._plainly

    @property
    def _plainly(self) -> dict[str, str]:
        """What an address says so that the list opens as it is."""
        return {SAVED: NO_VIEW} if self.default is not None or self.opening else {}

    def shown(self, listed: ShownList, fixed: Sequence[Tab] = ()) -> ShownViews:
        """fixed: tabs that the list has by itself, instead of the one with everything."""
        slug, actor, view = self.request.workspace.slug, self.request.actor, self.current
        state = state_of(listed.params)
        may_share = actor.has_permission(roles.EDIT_FACTS)
        query = urlencode({"list": self.kept.key, "state": urlencode(state)})
        shown = ShownViews(
            tabs=[
                *(fixed or [self.fixed(self.kept.all_label, {}, active=True)]),
                *(self._tab(one) for one in self.views),
            ],
            state=urlencode(state),
            new_url=f"{reverse('workspaces:saved_view_new', args=[slug])}?{query}",
            new_form=SavedViewForm(may_share=may_share, is_new=True, auto_id="new-view-%s"),
        )
        if view is None:
            return shown
        is_changed, changeable = state != view.state, may_change(view, actor)
        return replace(
            shown,
            current=view,
            is_changed=is_changed,
            may_change=changeable,
            edit_form=SavedViewForm(
                may_share=may_share and is_own(view, actor),
                auto_id="edit-view-%s",
                initial={"name": view.name, "is_shared": view.is_shared},
            ),
            menu=self._menu(is_changed=is_changed, changeable=changeable),
            is_default=view == self.default,
        )

    def fixed(self, label: Any, state: Mapping[str, str], *, active: bool) -> Tab:
        """A tab that the list has by itself, whoever reads it."""
        state = self._plainly | dict(state)
        href = f"{self.path}?{urlencode(state)}" if state else self.path
        return Tab(label, href, active and self.current is None)

    def _tab(self, view: SavedView) -> Tab:
        return Tab(
            view.name,
            address(self.path, view.state, view.pk),
            view == self.current,
            is_private=not view.is_shared,
            is_default=view == self.default,
        )

    def _menu(self, *, is_changed: bool, changeable: bool) -> list[dict]:
        opens = _("Don't open the list with it") if self.current == self.default else _("Open the list with it")
        items: list[dict] = [{"label": opens, "icon": "star", "submit": "view-default"}]
        if changeable:
            items.insert(0, {"label": _("Rename or share"), "icon": "pencil", "dialog": "edit-view"})
            if is_changed:
                items.insert(0, {"label": _("Replace with what is shown"), "icon": "save", "submit": "view-replace"})
            remove = {"label": _("Delete the view"), "icon": "trash-2", "danger": True, "dialog": "remove-view"}
            items += [{"divider": True}, remove]
        return items
