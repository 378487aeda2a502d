"""Files of contracts: flat rows, one line of a contract each; rows with the same id or number are one contract."""

from collections.abc import Sequence

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.import_kinds import NOTE_WORDS, account_field, external_id_field
from accounts.models.contract import ContractKind, EndReason, Interval, Settlement
from jobs.imports.kinds import (
    AMOUNT,
    BOOLEAN,
    CHOICE,
    DATE,
    DISCOUNT,
    IDENTIFIER,
    INTEGER,
    PERCENT,
    REFERENCE,
    Choice,
    Entry,
    Field,
    Folded,
    ImportKind,
    Issue,
)
from workspaces import roles

OPEN_ENDED = frozenset(
    {"长期", "长期有效", "无固定期限", "至今", "永久", "9999-12-31", "9999/12/31", "2999-12-31", "open", "open-ended"}
)
INTERVAL_WORDS = {
    "week": ("weekly", "per week", "按周", "周", "每周", "周付"),
    "month": ("monthly", "per month", "mth", "mo", "m", "按月", "月", "每月", "月付", "月度"),
    "quarter": ("quarterly", "per quarter", "q", "按季", "季", "季度", "每季", "季付"),
    "half_year": ("half-yearly", "semi-annual", "semiannual", "biannual", "按半年", "半年", "每半年", "半年付"),
    "year": ("yearly", "annual", "annually", "per year", "yr", "y", "按年", "年", "每年", "年付", "年度"),
    "term": ("total", "contract total", "whole contract", "合同期", "全期", "总额", "合同总额", "一次性"),
}
KIND_WORDS = {
    "subscription": ("saas", "recurring", "license", "订阅", "订阅合同", "续费"),
    "project": ("service", "implementation", "one-off", "项目", "项目合同", "实施"),
    "commission": ("brokerage", "佣金", "居间"),
    "usage": ("consumption", "metered", "pay as you go", "用量", "按量", "按量计费"),
}
SETTLEMENT_WORDS = {
    "at_once": ("one-time", "in full", "一次性", "一次付清", "全款"),
    "prepaid": ("prepayment", "in advance", "预付", "预付款", "预收"),
    "by_schedule": ("instalments", "installments", "milestones", "分期", "分期付款", "按计划"),
}
REASON_WORDS = {
    "price": ("too expensive", "pricing", "价格"),
    "product": ("features", "missing features", "产品", "功能"),
    "service": ("support", "服务"),
    "competitor": ("switched", "竞品", "竞争对手"),
    "budget": ("预算", "预算不足"),
    "business_closed": ("closed", "bankrupt", "倒闭", "停业", "注销"),
    "not_used": ("unused", "no usage", "未使用", "用不起来"),
    "replaced": ("renewed", "upgraded", "换签", "已续签"),
    "other": ("unknown", "其他", "其它"),
}
TRUE_FALSE_AUTO = (
    Choice("true", _("Yes"), ("自动续约", "自动续费", "自动", "auto")),
    Choice("false", _("No"), ("不自动续约", "手动", "人工", "manual")),
)
TRUE_FALSE_TAX = (
    Choice("true", _("Yes"), ("含税", "included", "gross")),
    Choice("false", _("No"), ("不含税", "未税", "税前", "excluded", "net")),
)


def _choices(enum, words: dict[str, tuple[str, ...]]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label, words.get(code, ())) for code, label in enum.choices)


OF_CONTRACT = (
    external_id_field("contract_id|subscription_id|deal_id|order_id|合同ID|订单号|订阅编号|合同标识"),
    account_field(),
    Field("number", _("Contract number"), IDENTIFIER, "number|contract no|contract_no|合同编号|合同号|编码"),
    Field(
        "kind",
        _("Kind"),
        CHOICE,
        "contract type|type|合同类型|类型",
        choices=_choices(ContractKind, KIND_WORDS),
        has_constant=True,
    ),
    Field(
        "currency",
        _("Currency"),
        IDENTIFIER,
        "currency code|ccy|币种|货币|结算币种|币别",
        is_required=True,
        has_constant=True,
        at_first=lambda workspace: workspace.base_currency,
    ),
    Field(
        "signed_on", _("Signed on"), DATE, "signed date|signing date|date signed|签订日期|签约日期|签署日期|签订时间"
    ),
    Field(
        "starts_on",
        _("Starts on"),
        DATE,
        (
            "start|start_date|begin date|from|service start|开始日期|起始日期|生效日期|服务开始日期|"
            "合同开始日期|起始日|开始时间"
        ),
        is_required=True,
        has_constant=True,
    ),
    Field(
        "ends_on",
        _("Ends on"),
        DATE,
        (
            "end|end_date|expiry date|expires|to|service end|结束日期|到期日|到期日期|截止日期|"
            "终止日期|合同到期日|服务结束日期|结束时间"
        ),
        nothing=OPEN_ENDED,
        has_constant=True,
    ),
    Field(
        "auto_renew",
        _("Renews itself"),
        BOOLEAN,
        "auto renewal|autorenew|自动续约|自动续费|是否自动续约",
        choices=TRUE_FALSE_AUTO,
        has_constant=True,
        hint=_("With an end date: the term rolls over until notice is given"),
    ),
    Field(
        "cancelled_on",
        _("Notice given on"),
        DATE,
        "cancelled date|canceled_at|cancellation date|notice date|通知日期|取消日期|退订日期",
    ),
    Field(
        "renews",
        _("Renews"),
        REFERENCE,
        "renews contract|previous contract|predecessor|原合同编号|续签自|前合同|上期合同编号",
        hint=_("External id of the contract that this one follows"),
    ),
    Field(
        "tax_included",
        _("Tax included"),
        BOOLEAN,
        "tax inclusive|incl tax|是否含税|含税",
        choices=TRUE_FALSE_TAX,
        has_constant=True,
    ),
    Field("tax_rate_percent", _("Tax rate, percent"), PERCENT, "tax rate|vat rate|vat|税率", has_constant=True),
    Field(
        "settlement",
        _("Settlement"),
        CHOICE,
        "payment terms|结算方式|付款方式",
        choices=_choices(Settlement, SETTLEMENT_WORDS),
        has_constant=True,
    ),
    Field(
        "end_reason",
        _("End reason"),
        CHOICE,
        "churn reason|reason|流失原因|终止原因|结束原因",
        choices=_choices(EndReason, REASON_WORDS),
    ),
    Field("note", _("Note"), synonyms=NOTE_WORDS),
)
OF_LINE = (
    Field(
        "product",
        _("Product"),
        synonyms="product_name|plan|plan_name|plan_tier|item|产品|产品名称|商品名称|套餐|服务内容",
        has_constant=True,
    ),
    Field(
        "unit_amount",
        _("Amount per interval"),
        AMOUNT,
        "unit price|price|amount|mrr|mrr_amount|monthly amount|unit_price|单价|月费|年费|每期金额",
        hint=_("For one unit and one interval"),
    ),
    Field(
        "total_amount",
        _("Contract total"),
        AMOUNT,
        ("total|contract amount|contract value|tcv|total contract value|金额|合同金额|总金额|合同总额|总价|含税金额"),
        hint=_("For the whole term"),
    ),
    Field("quantity", _("Quantity"), AMOUNT, "qty|数量|账号数|用户数"),
    Field(
        "interval",
        _("Amount is for"),
        CHOICE,
        ("billing interval|billing period|billing cycle|billing_frequency|frequency|计费周期|付费周期|收费周期|周期"),
        choices=_choices(Interval, INTERVAL_WORDS),
        has_constant=True,
    ),
    Field("interval_months", _("Months the amount is for"), INTEGER, "计费月数", has_constant=True),
    Field("discount_percent", _("Discount, percent"), DISCOUNT, "discount|折扣|折扣率|优惠", has_constant=True),
    Field("line_starts_on", _("Line starts on"), DATE, "line start|明细开始日期"),
    Field("line_ends_on", _("Line ends on"), DATE, "line end|明细结束日期", nothing=OPEN_ENDED),
)
LINE_KEYS = tuple(field.key for field in OF_LINE)
CONTRACT_KEYS = tuple(field.key for field in OF_CONTRACT)


def together(data: dict) -> str | None:
    return data.get("external_id") or data.get("number")


def fold(rows: Sequence[tuple[int, dict]]) -> Folded:
    """Join rows of the same contract. A contract whose rows disagree, or repeat each other, is an issue as a whole."""
    issues: list[Issue] = []
    groups: dict[object, list[tuple[int, dict]]] = {}
    for number, data in rows:
        key = together(data)
        groups.setdefault(key if key is not None else ("row", number), []).append((number, data))
    entries = []
    for group in groups.values():
        found = _disagreements(group) + [issue for number, data in group for issue in _amount_issues(number, data)]
        if found:
            named = {issue.row for issue in found}
            issues += found
            issues += [
                Issue(number, "", _now("Left out because of row %(row)s of the same contract.") % {"row": min(named)})
                for number, _data in group
                if number not in named
            ]
            continue
        entries.append(_entry(group))
    return entries, issues


def _disagreements(group: list[tuple[int, dict]]) -> list[Issue]:
    if len(group) == 1:
        return []
    found = []
    first: dict[str, tuple[int, object]] = {}
    lines: dict[tuple, int] = {}
    for number, data in group:
        for key in CONTRACT_KEYS:
            if key not in data:
                continue
            row, value = first.setdefault(key, (number, data[key]))
            if value != data[key]:
                found.append(
                    Issue(number, key, _now("This differs from row %(row)s of the same contract.") % {"row": row})
                )
        line = tuple(data.get(key) for key in LINE_KEYS)
        if line in lines:
            message = _now("The same as in row %(row)s: it may stand in a file only once.") % {"row": lines[line]}
            found.append(Issue(number, "external_id" if "external_id" in data else "number", message))
        lines.setdefault(line, number)
    return found


def _amount_issues(number: int, data: dict) -> list[Issue]:
    has_unit, has_total = "unit_amount" in data, "total_amount" in data
    if has_unit and has_total:
        return [Issue(number, "total_amount", _now("Give the amount per interval or the contract total, not both."))]
    if not has_unit and not has_total and (set(data) & {"quantity", "line_starts_on", "line_ends_on"}):
        return [Issue(number, "unit_amount", _now("This field is required."))]
    return []


def _entry(group: list[tuple[int, dict]]) -> Entry:
    contract: dict = {}
    lines, line_rows = [], []
    for number, data in group:
        for key in CONTRACT_KEYS:
            if key in data:
                contract.setdefault(key, data[key])
        if "unit_amount" in data or "total_amount" in data:
            lines.append(_line(data))
            line_rows.append(number)
    if lines:
        contract["lines"] = lines
    # A file that knows contracts by their number alone can be imported again.
    if "external_id" not in contract and "number" in contract:
        contract["external_id"] = contract["number"]
    return Entry(contract, line_rows or [number for number, _data in group])


def _line(data: dict) -> dict:
    line = {
        key: data[key]
        for key in ("product", "quantity", "unit_amount", "interval", "interval_months", "discount_percent")
        if key in data
    }
    if "total_amount" in data:
        line.pop("interval_months", None)
        line |= {"unit_amount": data["total_amount"], "interval": Interval.TERM.value, "quantity": 1}
    for key, name in (("line_starts_on", "starts_on"), ("line_ends_on", "ends_on")):
        if key in data:
            line[name] = data[key]
    return line


def locate(path: str, entry: Entry) -> tuple[int, str]:
    """Where an error of `save_contracts` stands in the file."""
    parts = path.split(".")
    if parts[0] != "lines" or len(parts) < 2:
        return entry.rows[0], "" if parts[0] == "lines" else parts[0]
    position = int(parts[1])
    key = parts[2] if len(parts) > 2 else ""
    if key in ("starts_on", "ends_on"):
        key = f"line_{key}"
    elif key in ("unit_amount", "interval", "interval_months") and _is_total(entry, position):
        key = "total_amount"
    return entry.rows[min(position, len(entry.rows) - 1)], key


def _is_total(entry: Entry, position: int) -> bool:
    lines = entry.data.get("lines", [])
    return position < len(lines) and lines[position].get("interval") == Interval.TERM


def check_mapping(fields: set[str]) -> list[str]:
    found = []
    if {"unit_amount", "total_amount"} <= fields:
        found.append(_now("Choose either the amount per interval or the contract total, not both."))
    if "unit_amount" in fields and not fields & {"interval", "interval_months"}:
        found.append(_now("Say what the amount is for: a month, a year, the whole term."))
    if fields & {"unit_amount", "total_amount"} and "product" not in fields:
        found.append(_now("Choose a column for the product, or name one product for all rows."))
    return found


def suggest(headers: dict[str, str]) -> dict[str, str]:
    """What the amount's header says it is for goes before a column of billing periods: MRR billed yearly is per month."""
    header = headers.get("unit_amount", "").lower()
    if any(word in header for word in ("mrr", "monthly", "per month", "月")):
        return {"interval": Interval.MONTH.value}
    if any(word in header for word in ("arr", "annual", "yearly", "per year", "年")):
        return {"interval": Interval.YEAR.value}
    return {}


CONTRACTS = ImportKind(
    key="contracts",
    label=_("Contracts"),
    hint=_("One row per contract, or per line of a contract: rows with the same id or number belong together."),
    fields=OF_CONTRACT + OF_LINE,
    save=actions.save_contracts,
    take_back=actions.take_back_contracts,
    permission=roles.EDIT_FACTS,
    list_url="accounts:contract_list",
    identities=lambda data: [("external_id", data["external_id"])] if data.get("external_id") else [],
    fold=fold,
    together=together,
    locate=locate,
    follows="renews",
    check_mapping=check_mapping,
    suggest=suggest,
    samples=(
        {
            "external_id": "K-2001",
            "account": "C-1001",
            "number": "K-2001",
            "currency": "CNY",
            "starts_on": "2025-01-01",
            "ends_on": "2025-12-31",
            "product": "Example Suite",
            "unit_amount": "3200",
            "quantity": "1",
            "interval": "month",
        },
        {
            "external_id": "K-2002",
            "account": "C-1002",
            "number": "K-2002",
            "currency": "CNY",
            "starts_on": "2025-03-01",
            "ends_on": "2026-02-28",
            "product": "Example Suite",
            "unit_amount": "36000",
            "quantity": "1",
            "interval": "year",
        },
    ),
)
