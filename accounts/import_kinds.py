"""Files of accounts, contacts, products and exchange rates: their fields, and the headers they are known by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import actions
from accounts.dimensions import CUSTOM_PARAMETER, parameter_of
from accounts.import_matches import find_accounts, find_contacts
from accounts.models.contact import BuyingRole, Stance
from accounts.models.custom_field import FieldKind
from accounts.queries import asked_fields
from accounts.shapes import TAG_SEPARATORS
from jobs.imports.kinds import (
    AMOUNT,
    CHOICE,
    CHOICES,
    DATE,
    IDENTIFIER,
    INTEGER,
    LIST,
    REFERENCE,
    TEXT,
    Choice,
    Entry,
    Field,
    Folded,
    ImportKind,
)
from jobs.imports.values import choice_key
from workspaces import roles
from workspaces.models import Membership

ACCOUNT_WORDS = (
    "account|account_id|account number|customer|customer_id|customer number|client|client_id|company|company_id|"
    "account_name|customer_name|company_name|客户|客户编号|客户号|客户编码|客户代码|客户ID|客户名称|公司|公司名称|企业名称|签约客户|"
    "甲方|单位名称"
)
NOTE_WORDS = "notes|remark|remarks|comment|comments|description|备注|说明"


def account_field(*, has_constant: bool = False) -> Field:
    """The account that a row belongs to."""
    return Field(
        "account",
        _("Account"),
        REFERENCE,
        ACCOUNT_WORDS,
        is_required=True,
        has_constant=has_constant,
        hint=_("External id or exact name"),
    )


def external_id_field(*synonyms: str) -> Field:
    return Field("external_id", _("External id"), IDENTIFIER, f"id|external id|编号|外部编号|{synonyms}")


def _named(*keys: str):
    """Identities by single fields: each value may stand once."""

    def identities(data: dict) -> list[tuple]:
        return [(key, data[key]) for key in keys if data.get(key)]

    return identities


def _account_identities(data: dict) -> list[tuple]:
    found = _named("external_id", "credit_code")(data)
    return found or [("name", data.get("name"))]


def _contact_identities(data: dict) -> list[tuple]:
    if data.get("external_id"):
        return [("external_id", data["external_id"])]
    return [("name", (data.get("account"), data.get("name"), data.get("mobile")))]


CUSTOM_TYPES = {
    FieldKind.TEXT: TEXT,
    FieldKind.NUMBER: AMOUNT,
    FieldKind.MONEY: AMOUNT,
    FieldKind.DATE: DATE,
    FieldKind.CHOICE: CHOICE,
    FieldKind.PERSON: CHOICE,
}


def _member_choices(workspace) -> tuple[Choice, ...]:
    """Members by mail address, and by name where only one has it. Who has left is known by the address alone, because
    rows that they owned may come again.
    """
    members = list(
        Membership.objects.filter(workspace=workspace)
        .order_by("user__name", "pk")
        .values_list("user__email", "user__name", "is_active")
    )
    names = Counter(choice_key(name) for _mail, name, is_active in members if is_active)
    return tuple(
        Choice(
            mail,
            f"{name} ({mail})" if name else mail,
            (name,) if name and is_active and names[choice_key(name)] == 1 else (),
            is_offered=is_active,
        )
        for mail, name, is_active in members
    )


def _custom_fields(workspace) -> tuple[Field, ...]:
    """The owner as one of the members, and the workspace's own fields, known by their names and keys."""
    members = _member_choices(workspace)
    owner = replace(next(each for each in ACCOUNTS.fields if each.key == "owner"), type=CHOICE, choices=members)
    return owner, *(
        Field(
            parameter_of(field.dimension),
            field.name,
            CUSTOM_TYPES[FieldKind(field.kind)],
            field.key,
            choices=members if field.is_person else tuple(Choice(choice, choice) for choice in field.choices),
            has_constant=True,
            hint=_("A member's name or mail address") if field.is_person else "",
        )
        for field in asked_fields(workspace)
    )


def _with_custom(rows: Sequence[tuple[int, dict]]) -> Folded:
    """Each row an account; the values of own fields go where the API has them."""
    entries = []
    for number, data in rows:
        own = {name: data.pop(name) for name in list(data) if name.startswith(CUSTOM_PARAMETER)}
        if own:
            data["custom"] = {name.removeprefix(CUSTOM_PARAMETER): value for name, value in own.items()}
        entries.append(Entry(data, [number]))
    return entries, []


def _account_field(path: str, entry: Entry) -> tuple[int, str]:
    return entry.rows[0], path if path.startswith(CUSTOM_PARAMETER) else path.split(".")[0]


ACCOUNTS = ImportKind(
    key="accounts",
    label=_("Accounts"),
    hint=_("The companies you serve: one row each."),
    fields=(
        external_id_field(
            "account_id|customer_id|client_id|company_id|account number|customer number|客户编号|"
            "客户编码|客户代码|客户ID|客户号"
        ),
        Field(
            "name",
            _("Name"),
            synonyms=(
                "account_name|account|customer_name|customer|company|company_name|client_name|客户名称|"
                "客户|公司名称|公司|企业名称|单位名称|名称"
            ),
            is_required=True,
        ),
        Field(
            "legal_name", _("Legal name"), synonyms="full name|registered name|公司全称|工商名称|法定名称|全称|发票抬头"
        ),
        Field("short_name", _("Short name"), synonyms="alias|简称|客户简称|公司简称"),
        Field("former_names", _("Former names"), LIST, "former name|previous names|曾用名"),
        Field(
            "credit_code",
            _("Unified social credit code"),
            IDENTIFIER,
            ("credit code|uscc|tax id|tax number|统一社会信用代码|社会信用代码|信用代码|税号|纳税人识别号"),
        ),
        Field("industry", _("Industry"), synonyms="sector|vertical|行业|所属行业", has_constant=True),
        Field(
            "region",
            _("Region"),
            synonyms="country|province|city|area|location|地区|区域|省份|城市|所在地|国家",
            has_constant=True,
        ),
        Field(
            "employees",
            _("Employees"),
            INTEGER,
            "employee count|headcount|number of employees|company size|人数|员工数|员工人数|企业规模",
        ),
        Field(
            "channel",
            _("Channel of origin"),
            synonyms="channel|source|lead source|origin|acquisition channel|渠道|来源|客户来源|获客渠道|线索来源",
            has_constant=True,
        ),
        Field("tags", _("Tags"), LIST, "tag|labels|label|标签|客户标签", has_constant=True, separators=TAG_SEPARATORS),
        Field("website", _("Website"), synonyms="url|domain|web|homepage|网址|官网|网站"),
        Field("note", _("Note"), synonyms=NOTE_WORDS),
        Field(
            "owner",
            _("Owner"),
            IDENTIFIER,
            "owner_email|account manager|account owner|csm|负责人|客户经理|客户成功经理|销售",
            has_constant=True,
            hint=_("A member's name or mail address"),
        ),
        Field(
            "parent",
            _("Parent account"),
            REFERENCE,
            "parent|parent company|parent_account|parent_id|holding company|上级客户|母公司|上级公司|总公司|集团|所属集团",
            hint=_("External id or exact name; it may stand anywhere in the file"),
        ),
    ),
    save=actions.save_accounts,
    take_back=actions.take_back_accounts,
    permission=roles.EDIT_FACTS,
    list_url="accounts:account_list",
    identities=_account_identities,
    find_existing=find_accounts,
    fold=_with_custom,
    locate=_account_field,
    # Large files are written a part at a time: what others belong under has to be there before them.
    follows="parent",
    called=lambda data: [name for key in ("name", "legal_name", "short_name") if (name := data.get(key))],
    circle=_("This account is above that one already."),
    own_fields=_custom_fields,
    samples=(
        {
            "external_id": "C-1001",
            "name": "Example Instruments",
            "legal_name": "Example Instruments Co., Ltd.",
            "industry": "Manufacturing",
            "region": "Hangzhou",
            "employees": "320",
            "channel": "Search",
            "tags": "pilot, vip",
        },
        {
            "external_id": "C-1002",
            "name": "Example Foods",
            "industry": "Retail",
            "region": "Suzhou",
            "employees": "1200",
            "channel": "Partners",
        },
    ),
)

CONTACTS = ImportKind(
    key="contacts",
    label=_("Contacts"),
    hint=_("The people at your accounts: one row each."),
    fields=(
        external_id_field("contact_id|联系人编号"),
        account_field(),
        Field(
            "name",
            pgettext_lazy("of a person", "Name"),
            synonyms="contact|contact_name|full name|姓名|名称|联系人|联系人姓名",
            is_required=True,
        ),
        Field("title", _("Title"), synonyms="job title|position|职务|职位|岗位"),
        Field(
            "roles",
            _("Buying roles"),
            CHOICES,
            "buying role|role|roles|决策角色|角色",
            choices=tuple(
                Choice(code, label, words)
                for (code, label), words in zip(
                    BuyingRole.choices,
                    (
                        ("使用者", "用户", "使用人", "end user"),
                        ("评估者", "评估人", "技术评估"),
                        ("预算方", "预算负责人", "budget"),
                        ("拍板者", "决策者", "决策人", "拍板人"),
                        ("签字方", "签字人", "签约人"),
                    ),
                    strict=True,
                )
            ),
            has_constant=True,
        ),
        Field(
            "stance",
            _("Stance"),
            CHOICE,
            "attitude|sentiment|relationship|态度|立场|支持度",
            choices=tuple(
                Choice(code, label, words)
                for (code, label), words in zip(
                    Stance.choices,
                    (
                        ("倡导者", "内线", "coach"),
                        ("支持者", "支持", "positive"),
                        ("中立", "中立者"),
                        ("怀疑者", "怀疑", "skeptic", "negative"),
                        ("反对者", "反对", "blocker", "detractor"),
                        ("未知", "不明"),
                    ),
                    strict=True,
                )
            ),
            has_constant=True,
        ),
        Field(
            "mobile",
            _("Mobile"),
            IDENTIFIER,
            "phone|mobile number|telephone|tel|cell|手机|手机号|电话|联系电话|手机号码",
        ),
        Field("wechat", _("WeChat"), IDENTIFIER, "wechat id|weixin|微信|微信号"),
        Field("email", _("Email"), IDENTIFIER, "e-mail|mail|email address|邮箱|电子邮箱|电子邮件"),
        Field("note", _("Note"), synonyms=NOTE_WORDS),
    ),
    save=actions.save_contacts,
    take_back=actions.take_back_contacts,
    permission=roles.EDIT_FACTS,
    list_url="accounts:contact_list",
    identities=_contact_identities,
    find_existing=find_contacts,
    samples=(
        {
            "external_id": "P-1",
            "account": "C-1001",
            "name": "Example Person",
            "title": "Head of operations",
            "roles": "decision_maker",
            "email": "person@example.com",
        },
    ),
)

PRODUCTS = ImportKind(
    key="products",
    label=_("Products"),
    hint=_("What you sell: one row each."),
    fields=(
        external_id_field("product_id|sku|产品编号|商品编号"),
        Field("name", _("Name"), synonyms="product|product_name|plan|产品|产品名称|商品名称|名称", is_required=True),
        Field("code", _("Code"), IDENTIFIER, "product_code|model|产品代码|产品编码|型号"),
        Field("description", _("Description"), synonyms=f"描述|简介|{NOTE_WORDS}"),
    ),
    save=actions.save_products,
    take_back=actions.take_back_products,
    permission=roles.EDIT_MONEY,
    list_url="accounts:product_list",
    identities=_named("external_id", "name"),
    samples=({"external_id": "PR-1", "name": "Example Suite", "code": "ES", "description": "Seats per month"},),
)

FX_RATES = ImportKind(
    key="fx-rates",
    label=_("Exchange rates"),
    hint=_("Units of your own currency for one unit of a foreign one, by day."),
    fields=(
        external_id_field(),
        Field(
            "currency",
            _("Currency"),
            IDENTIFIER,
            "currency code|ccy|foreign currency|币种|货币|外币|币别",
            is_required=True,
            has_constant=True,
        ),
        Field("date", _("Date"), DATE, "day|valid from|effective date|日期|生效日期|汇率日期", is_required=True),
        Field("rate", _("Rate"), AMOUNT, "exchange rate|fx rate|value|汇率|中间价|折算价", is_required=True),
    ),
    save=actions.save_fx_rates,
    take_back=actions.take_back_fx_rates,
    permission=roles.EDIT_MONEY,
    list_url="accounts:fx_rate_list",
    identities=lambda data: [("date", (str(data.get("currency", "")).upper(), data.get("date")))],
    samples=(
        {"currency": "USD", "date": "2025-01-01", "rate": "7.1884"},
        {"currency": "USD", "date": "2025-02-01", "rate": "7.1698"},
    ),
)
