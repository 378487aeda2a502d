"""Files of spend."""

from django.utils.translation import gettext_lazy as _

from jobs.imports.kinds import AMOUNT, DATE, IDENTIFIER, Field, ImportKind
from leads import actions
from workspaces import roles


def _identities(data: dict) -> list[tuple]:
    if data.get("external_id"):
        return [("external_id", data["external_id"])]
    return [("date", (data.get("date"), data.get("channel"), data.get("campaign")))]


SPEND = ImportKind(
    key="spend",
    label=_("Spend"),
    hint=_("What was spent on marketing and sales, by day and channel, in your own currency."),
    fields=(
        Field("external_id", _("External id"), IDENTIFIER, "id|spend_id|编号|单号|凭证号"),
        Field("date", _("Date"), DATE, "day|spend date|日期|发生日期|投放日期", is_required=True, has_constant=True),
        Field(
            "channel", _("Channel"), synonyms="source|medium|渠道|投放渠道|来源", is_required=True, has_constant=True
        ),
        Field("campaign", _("Campaign"), synonyms="campaign name|活动|活动名称|推广计划", has_constant=True),
        Field("amount", _("Amount"), AMOUNT, "cost|spend|total|金额|费用|花费|消费|投放金额", is_required=True),
        Field("note", _("Note"), synonyms="notes|remark|comment|备注|说明"),
    ),
    save=actions.save_spend,
    take_back=actions.take_back_spend,
    permission=roles.EDIT_MONEY,
    list_url="leads:spend_list",
    identities=_identities,
    samples=({"date": "2025-01-31", "channel": "Search", "campaign": "Spring", "amount": "12500"},),
)
