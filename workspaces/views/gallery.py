"""Every component in every state: /gallery/?theme=dark&language=zh-hans. Needs no sign-in and reads no data."""

from datetime import date
from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workspaces import formats
from workspaces.board import Card, Column, ShownColumn, moves_of
from workspaces.picks import Bar, Choice, Pick, Typed

ROLES = ("new", "expansion", "reactivation", "contraction", "churn")


class SpecimenForm(forms.Form):
    """One field of each kind, shown empty, filled and refused."""

    name = forms.CharField(label=_("Name"), help_text=_("As it should appear in lists."))
    currency = forms.ChoiceField(label=_("Currency"), choices=[("CNY", "CNY"), ("USD", "USD")])
    amount = forms.DecimalField(
        label=_("Amount"), localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    starts_on = forms.DateField(label=_("Starts on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    settlement = forms.ChoiceField(
        label=_("Settlement"),
        choices=[("once", _("At once")), ("schedule", _("By schedule"))],
        widget=forms.RadioSelect,
    )
    includes_tax = forms.BooleanField(label=_("Amounts include tax"), required=False)


def months(count: int) -> list[str]:
    """The `count` months up to January 2026, as "2025-12"."""
    last = 2026 * 12
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - count + 1, last + 1)]


def board(language: str) -> dict:
    """A column with cards that move, one whose cards stay, and an empty one."""
    columns = [
        Column("talking", _("Talking")),
        Column("agreed", _("Agreed"), hint="2026-12-03"),
        Column("lost", _("Lost"), takes=False, tone="risk"),
    ]
    moves = moves_of(columns, "talking")
    cards = [
        Card(
            "1", "Lanhai Logistics", "#", ["2026-12-31 · HT-2025-118", "Chen Yu"], "¥68,000", "", "", "", False, moves
        ),
        Card("2", "明德教育", "#", ["2026-12-31 · HT-2025-204"], "¥31,500", "", _("Still open"), "watch", False, moves),
    ]
    lost = [Card("3", "Tianqi Foods", "#", ["2026-11-30"], "¥12,800", tag=_("Lost"), tone="risk")]

    def total(amount: int) -> tuple[str, str]:
        return formats.money_short(amount, "CNY", language), formats.money(amount, "CNY")

    return {
        "url": "#",
        "columns": [
            ShownColumn(columns[0], 42, *total(1_240_000), cards, "#"),
            ShownColumn(columns[1], 0, *total(0)),
            ShownColumn(columns[2], 1, *total(12_800), lost),
        ],
    }


def waterfall(opening: int, changes: list[int], language: str) -> dict:
    """Chart data of one month's bridge; `changes` in the order of ROLES."""
    names = [_("New"), _("Expansion"), _("Reactivation"), _("Contraction"), _("Churn")]

    def total(label, value):
        text = formats.money_short(value, "CNY", language)
        return {"label": label, "value": value, "role": "total", "text": text, "full": formats.money(value, "CNY")}

    steps = [total(formats.period_short("2025-12", language), opening)]
    for role, name, change in zip(ROLES, names, changes, strict=True):
        steps.append(
            {
                "label": str(name),
                "value": change,
                "role": role,
                "text": formats.money_short(change, "CNY", language, plus=True),
                "full": formats.money(change, "CNY", plus=True),
                "url": f"#{role}",
            }
        )
    steps.append(total(formats.period_short("2026-01", language), opening + sum(changes)))
    return {"kind": "waterfall", "unit": "money", "currency": "CNY", "steps": steps}


def lines(language: str) -> dict:
    """Chart data of a figure and its companion over two years, the last month still open."""
    labels = months(24)
    mrr = [610_000 + 24_500 * i + (i * 7919 % 31) * 900 for i in range(24)]
    goal = [600_000 + 27_000 * i for i in range(24)]
    return {
        "kind": "lines",
        "unit": "money",
        "currency": "CNY",
        "so_far": str(_("so far")),
        "x": [formats.period_short(month, language) for month in labels],
        "series": [
            {
                "name": str(name),
                "kind": kind,
                "values": values,
                "texts": [formats.money_short(value, "CNY", language) for value in values],
            }
            for name, kind, values in ((_("MRR"), "area", mrr), (_("Plan"), "line", goal))
        ],
    }


def movements(language: str) -> dict:
    """Chart data of a year's gains and losses by month."""
    labels = months(12)
    sizes = {"new": 80, "expansion": 46, "reactivation": 9, "contraction": -17, "churn": -30}
    names = dict(zip(ROLES, [_("New"), _("Expansion"), _("Reactivation"), _("Contraction"), _("Churn")], strict=True))
    amounts = {role: [size * 1000 + (i * 6053 % 17) * size * 30 for i in range(12)] for role, size in sizes.items()}
    series = [
        {
            "role": role,
            "name": str(names[role]),
            "values": values,
            "texts": [formats.money_short(value, "CNY", language, plus=True) for value in values],
        }
        for role, values in amounts.items()
    ]
    net = [sum(values[i] for values in amounts.values()) for i in range(12)]
    return {
        "kind": "movements",
        "unit": "money",
        "currency": "CNY",
        "so_far": str(_("so far")),
        "x": [formats.period_short(month, language) for month in labels],
        "series": series,
        "net": {
            "name": str(_("Net")),
            "values": net,
            "texts": [formats.money_short(value, "CNY", language, plus=True) for value in net],
        },
    }


def picks() -> Bar:
    """What the bar offers for rows that are picked, in each of its ways."""
    return Bar(
        "#",
        _("Picked accounts"),
        [
            Pick("add_tag", _("Add a tag"), "tag", typed=Typed("tag", _("Tag"), _("Add"), suggestions=["Logistics"])),
            Pick("priority", _("Priority"), "flag", [Choice("high", _("High")), Choice("low", _("Low"))]),
            Pick("archive", _("Archive"), "archive"),
        ],
        1412,
        "",
    )


def gallery(request):
    """All components; 404 in production."""
    if not (settings.DEBUG or settings.IS_TEST):
        raise Http404
    language = get_language() or "en"
    refused = SpecimenForm({"name": "", "currency": "CNY", "amount": "-5", "starts_on": "2025-02-30", "note": "…"})
    refused.add_error(None, _("The contract ends before it starts."))
    filled = SpecimenForm(
        initial={
            "name": "Lanhai Logistics",
            "amount": Decimal(68000),
            "starts_on": date(2026, 1, 1),
            "settlement": "once",
            "includes_tax": True,
        },
        prefix="filled",
    )
    if request.GET.get("toast"):
        messages.success(request, _("Saved."))
        messages.error(request, _("That did not work. Nothing was changed; try again."))
    nav = [
        [{"label": _("Overview"), "url": "#", "icon": "layout-dashboard", "active": False}],
        [
            {"label": _("Accounts"), "url": "#", "icon": "building-2", "active": True, "count": 1412},
            {"label": _("Contracts"), "url": "#", "icon": "file-text", "active": False},
        ],
        [{"label": _("Settings"), "url": "#", "icon": "settings", "active": False}],
    ]
    return render(
        request,
        "gallery/gallery.html",
        {
            "nav": nav,
            "search_url": request.path,
            "workspace": {"name": _("Specimen workspace")},
            "goals": {
                "missed": {"text": _("82 % of ¥1.5M"), "full": "¥1,500,000", "tone": "risk", "bar": 82},
                "met": {"text": _("40 % of at most 2.0 %"), "full": "2.00 %", "tone": "good", "bar": 40},
            },
            "filled": filled,
            "refused": refused,
            "picks": picks(),
            "day": date(2026, 11, 22),
            "mrr": Decimal("1243000"),
            "last_mrr": Decimal("1142000"),
            "rate": Decimal("0.0075"),
            "last_rate": Decimal("0.0105"),
            "bridge": waterfall(1_142_000, [86_400, 51_200, 9_600, -18_300, -27_900], language),
            "first_bridge": waterfall(42_000, [68_000, 12_000, 0, -4_000, -9_000], language),
            "dash_tile": {
                "label": _("MRR"),
                "value": formats.money_short(Decimal(1243000), "CNY", language),
                "href": "#",
            },
            "dash_empty": {"label": _("Renewal rate"), "none": _("nothing was due")},
            "lines": lines(language) | {"marks": [{"at": 9, "day": "2025-11-03", "text": _("Price list up 8 %")}]},
            "movements": movements(language),
            "tones": [
                ("good", _("Healthy")),
                ("watch", _("Watch")),
                ("risk", _("At risk")),
                ("busy", _("Running")),
                ("", _("Draft")),
            ],
            "swatches": ["bg", "panel", "sunken", "line", "text", "muted", "faint", "accent", "good", "watch", "risk"],
            "menu_items": [
                {"label": _("Edit"), "href": "#", "icon": "pencil"},
                {"label": _("Only mine"), "href": "#", "icon": "user", "current": True},
                {"divider": True},
                {"label": _("Delete"), "icon": "trash-2", "dialog": "specimen-confirm", "danger": True},
            ],
            "board": board(language),
            "hero_status": {"label": _("At risk"), "tone": "risk"},
            "facts": [
                {"label": _("MRR"), "value": formats.money(68000, "CNY")},
                {"label": _("Renewal"), "value": formats.day(date(2026, 2, 13), language), "note": _("12 days")},
                {"label": _("Customer since"), "value": formats.period("2023-04", language)},
                {"label": _("Owner"), "value": "Chen Yu"},
            ],
            "tabs": [
                {"label": _("Overview"), "href": "#", "active": True},
                {"label": _("Contracts"), "href": "#", "count": 4},
                {"label": _("Activity"), "href": "#"},
            ],
            "properties": [
                {"label": _("Industry"), "value": _("Logistics")},
                {"label": _("Website"), "value": "lanhai.example", "href": "#"},
                {"label": _("Parent"), "value": ""},
            ],
            "changes": [
                {"label": _("Owner"), "before": "Sun Qi", "after": "Chen Yu"},
                {"label": _("Short name"), "before": "", "after": "蓝海"},
            ],
            "steps": [
                {"label": _("Upload"), "state": "done"},
                {"label": _("Map columns"), "state": "current"},
                {"label": _("Preview"), "state": "todo"},
                {"label": _("Result"), "state": "todo"},
            ],
            "periods": [{"value": month, "label": formats.period(month, language)} for month in months(6)],
            "legend": [
                {"role": "new", "label": _("New")},
                {"role": "expansion", "label": _("Expansion")},
                {"role": "reactivation", "label": _("Reactivation")},
                {"role": "contraction", "label": _("Contraction")},
                {"role": "churn", "label": _("Churn")},
                {"role": "total", "label": _("Net")},
            ],
            "trail": [{"label": _("Accounts"), "href": "#"}],
            "accounts": [
                ("Lanhai Logistics", "蓝海物流", "S", 68000, "risk", _("At risk"), date(2026, 2, 13)),
                ("Mingde Education", "明德教育", "A", 31500, "risk", _("At risk"), date(2026, 3, 20)),
                ("Tianqi Foods", "天齐食品", "B", 12800, "watch", _("Watch"), date(2026, 4, 30)),
                ("Yunshan Clinics", "云杉诊所", "A", None, "good", _("Healthy"), None),
            ],
        },
    )
