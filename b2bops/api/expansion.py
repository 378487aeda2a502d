"""``?expand=account,account.owner,lines.product``: the whole object in place of the name that a field holds.

One query more for each word, whatever the number of rows.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from b2bops.api.collection import Expansion, Thing
from b2bops.api.errors import invalid
from b2bops.api.openapi import Schema, ref

# Word → what is expanded within it.
Tree = dict[str, "Tree"]


def words_of(thing: Thing) -> dict[str, tuple[str, ...]]:
    """Every word that the thing's lists take → the expansions it names, outermost first. Two at most, one in the other."""
    made: dict[str, tuple[str, ...]] = {}
    for name, outer in thing.expansions.items():
        made[name] = (name,)
        made |= {f"{name}.{inner}": (name, inner) for inner in outer.target.expansions}
    return made


def asked_of(thing: Thing, words: Any) -> Tree:
    """What ``expand`` in the query string (a QueryDict) asks for; raises ApiError (400) for a word that is not known."""
    known, unknown = words_of(thing), []
    tree: Tree = {}
    for word in ",".join(words.getlist("expand")).split(","):
        if not (word := word.strip()):
            continue
        if word not in known:
            unknown.append(word)
            continue
        branch = tree
        for name in known[word]:
            branch = branch.setdefault(name, {})
    if unknown:
        names = ", ".join(known)
        raise invalid(
            {
                "expand": [
                    _("Nothing expands under %(word)s; what does: %(names)s.") % {"word": word[:60], "names": names}
                    for word in unknown[:10]
                ]
            }
        )
    return tree


def expand(workspace, thing: Thing, objects: list[dict], tree: Tree) -> list[dict]:
    """Put the objects that `tree` asks for in their places; null where a fact names none. Returns `objects`."""
    for name, inner in tree.items():
        expansion = thing.expansions[name]
        places = expansion.places(workspace, objects)
        found = expansion.target.by_id(workspace, {pk for _holder, _key, pk in places if pk is not None})
        expand(workspace, expansion.target, list(found.values()), inner)
        for holder, key, pk in places:
            holder[key] = found.get(pk)
    return objects


# In the OpenAPI document.


def parameters(thing: Thing) -> list[dict]:
    """The parameter, where a thing has anything to expand."""
    words = list(words_of(thing))
    if not words:
        return []
    return [
        {
            "in": "query",
            "name": "expand",
            "schema": {"type": "array", "items": {"type": "string", "enum": words}},
            "style": "form",
            "explode": False,
            "description": "Whole objects in place of names, with commas between.",
        }
    ]


def title(thing: Thing) -> str:
    return "".join(word.title() for word in thing.noun.split("_"))


def components(thing: Thing) -> dict[str, Schema]:
    """The schemas of a thing and of all that it may show whole, by name."""
    made: dict[str, Schema] = {}
    for expansion in thing.expands:
        made |= components(expansion.target)
    # Last: what expands in its own kind shows less of it there.
    return made | {title(thing): object_schema(thing)}


def object_schema(thing: Thing) -> dict:
    """What comes out, expanded or not."""
    properties = plain_properties(thing)
    for expansion in thing.expands:
        _allow(properties, expansion.name.split("."), expansion)
    return {"type": "object", "required": list(properties), "properties": properties}


def plain_properties(thing: Thing) -> dict[str, Any]:
    return {column.name: dict(column.schema) for column in thing.columns} | dict(thing.nested_schema)


def _allow(properties: dict[str, Any], path: list[str], expansion: Expansion) -> None:
    """Let the field at `path` (``lines.product``) be the target's object as well."""
    name, *rest = path
    schema: Mapping[str, Any] = properties[name]
    if rest:
        inner = dict(schema["items"]["properties"])
        _allow(inner, rest, expansion)
        properties[name] = {**schema, "items": {**schema["items"], "properties": inner}}
    elif expansion.is_many:
        properties[name] = {**schema, "items": {"anyOf": [schema["items"], ref(title(expansion.target))]}}
    else:
        properties[name] = {"anyOf": [schema, ref(title(expansion.target))]}
