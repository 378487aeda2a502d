"""What the list of spend is as a file: with the headings by which an import knows its fields."""

from django.utils.translation import gettext_lazy as _

from leads import import_kinds
from workspaces.list_files import Column, ListFile

LABELS = {field.key: field.label for field in import_kinds.SPEND.fields}

SPEND = ListFile(
    _("Spend"),
    [
        Column(LABELS["external_id"], lambda row: row.external_id),
        Column(LABELS["date"], lambda row: row.date),
        Column(LABELS["channel"], lambda row: row.channel.name),
        Column(LABELS["campaign"], lambda row: row.campaign),
        Column(LABELS["amount"], lambda row: row.amount),
        Column(LABELS["note"], lambda row: row.note),
    ],
)
