"""Interactions: calls, visits, mails, meetings with minutes, notes; with the contacts who took part."""

from accounts.actions import save_interactions, void_interaction
from accounts.models import Interaction, Participant
from accounts.models.interaction import InteractionKind
from accounts.shapes import InteractionShape
from b2bops.api import columns as c
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.collection import Collection, Expansion, by_key
from b2bops.api.contacts import CONTACTS
from b2bops.api.people import MEMBER
from workspaces import roles


def _people(workspace, interactions: list[dict], *columns: str):
    """Who took part: rows of interaction id and `columns`, in their order."""
    return (
        Participant.objects.filter(workspace=workspace, interaction_id__in=[made["id"] for made in interactions])
        .order_by("interaction_id", "position")
        .values_list("interaction_id", *columns)
    )


def _with_contacts(workspace, interactions: list[dict]) -> None:
    """Name the contacts who took part by external id, else by id: one query for all of them."""
    contacts: dict = {made["id"]: [] for made in interactions}
    for interaction_id, external_id, pk in _people(workspace, interactions, "contact__external_id", "contact_id"):
        contacts[interaction_id].append(external_id or pk)
    for made in interactions:
        made["contacts"] = contacts[made["id"]]


def _places_of_contacts(workspace, interactions: list[dict]) -> list[tuple]:
    by_id = {made["id"]: made for made in interactions}
    places: list[tuple] = []
    seen: dict = {}
    for interaction_id, contact_id in _people(workspace, interactions, "contact_id"):
        position = seen[interaction_id] = seen.get(interaction_id, -1) + 1
        places.append((by_id[interaction_id]["contacts"], position, contact_id))
    return places


INTERACTIONS = Collection(
    name="interactions",
    noun="interaction",
    shape=InteractionShape,
    model=Interaction,
    save=save_interactions,
    void=void_interaction,
    permission=roles.EDIT_FACTS,
    nested=_with_contacts,
    nested_schema={
        "contacts": {
            "type": "array",
            "items": {"type": "string", "maxLength": 100},
            "maxItems": 50,
            "description": "Contacts of the account who took part, each by external id, or by id where it has none.",
        }
    },
    columns=(
        *c.identity(),
        *c.account(),
        c.choice("kind", InteractionKind.values),
        c.date("happened_on", is_sortable=True),
        c.instant("happened_at"),
        c.text("participants", 500),
        c.text("subject", 200, is_filter=True),
        c.text("stage", 60, is_filter=True),
        c.text("need", 5_000),
        c.text("minutes", 50_000),
        c.text("feedback", 5_000),
        c.text("next_step", 500),
        c.date("next_step_on"),
        *c.member("author"),
        *c.instants(),
    ),
    expands=(
        by_key("account", ACCOUNTS),
        Expansion("contacts", CONTACTS, _places_of_contacts, is_many=True),
        by_key("author", MEMBER),
    ),
)
