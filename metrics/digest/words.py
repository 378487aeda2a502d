"""A digest in words: ready texts in the language in force, and its forms as mail and as a robot's message."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from jobs.webhooks.robots import Message, Section, link, plain
from metrics import overview, reasons
from metrics.digest.facts import RENEWAL_DAYS, AccountMove, DigestFacts
from metrics.models import Standing
from workspaces import formats

ANCHOR = re.compile(r'<a class="link" href="([^"]*)">(.*?)</a>')


@dataclass(frozen=True)
class Line:
    """A thing with its page and what is said of it."""

    name: str
    url: str
    text: str


@dataclass(frozen=True)
class Digest:
    """why: a sentence with links, as HTML. tiles: as of metrics.overview.tiles."""

    workspace: str
    subject: str
    title: str
    as_of: str
    tiles: Sequence[Mapping[str, Any]]
    why: str
    week: str
    grew: Sequence[Line]
    shrank: Sequence[Line]
    renewals: Sequence[Line]
    renewals_title: str
    renewals_more: str
    renewals_url: str
    movements_url: str
    url: str


def page(name: str, slug: str, *args, **query: str) -> str:
    """The full address of a page of the product."""
    address = settings.PUBLIC_URL + reverse(name, args=[slug, *args])
    return f"{address}?{urlencode(query)}" if query else address


def digest(workspace, facts: DigestFacts) -> Digest:
    """In the language in force."""
    language, currency, slug = get_language() or "en", workspace.base_currency, workspace.slug
    texts = {"currency": currency, "language": language}
    period = str(facts.now["period"])

    def account(pk: Any) -> str:
        return page("accounts:account_page", slug, pk)

    against = (
        _("vs %(period)s") % {"period": formats.period_short(facts.then["period"], language)} if facts.then else ""
    )
    tiles = overview.tiles(
        facts.now,
        facts.then,
        against=against,
        href=lambda key: page("metrics:explanation", slug, key, period=period),
        **texts,
    )
    name = " ".join(workspace.name.split())
    mrr = formats.money_short(facts.now["mrr_end"], currency, language)
    title = formats.period(period, language)
    if not facts.now["closed"]:
        title = _("%(period)s, so far") % {"period": title}
    until = facts.renewals_until
    return Digest(
        workspace=name,
        subject=_("%(workspace)s: MRR %(mrr)s in %(period)s") % {"workspace": name, "mrr": mrr, "period": title},
        title=title,
        as_of=_("Figures as of %(day)s") % {"day": formats.day(facts.closed, language)},
        tiles=tiles,
        why=reasons.sentence(facts.now, facts.why, href=account, **texts),
        week=_week(facts, currency, language),
        grew=[_moved(one, account, currency) for one in facts.grew],
        shrank=[_moved(one, account, currency) for one in facts.shrank],
        renewals=[_renewal(row, slug, currency, language) for row in facts.renewals],
        renewals_title=_renewals_title(facts, currency, language),
        renewals_more=_("and %(count)s more") % {"count": formats.number(facts.renewal_count - len(facts.renewals))}
        if facts.renewal_count > len(facts.renewals)
        else "",
        renewals_url=page(
            "metrics:renewal_list",
            slug,
            **{"from": facts.day.isoformat(), "to": until.isoformat(), "standing": Standing.DUE.value},
        ),
        movements_url=page(
            "metrics:movement_list", slug, **{"from": facts.week_from.isoformat(), "to": facts.closed.isoformat()}
        ),
        url=page("metrics:overview", slug),
    )


def _week(facts: DigestFacts, currency: str, language: str) -> str:
    """What the last seven days brought."""
    if not facts.week:
        return _("Nothing moved.")
    labels = dict(overview.CHANGES)
    parts = [
        _("%(kind)s %(amount)s (%(count)s)")
        % {
            "kind": labels[one.kind],
            "amount": formats.money_short(one.total, currency, language, plus=True),
            "count": formats.number(one.rows),
        }
        for one in facts.week
    ]
    total = sum(one.total for one in facts.week)
    net = _("Net %(amount)s") % {"amount": formats.money_short(total, currency, language, plus=True)}
    return " · ".join([*parts, net])


def _moved(one: AccountMove, account, currency: str) -> Line:
    return Line(one.name, account(one.account_id), formats.money(one.amount, currency, places=0, plus=True))


def _renewal(row: Any, slug: str, currency: str, language: str) -> Line:
    worth = formats.money(row.worth, currency, places=0) if row.worth is not None else formats.DASH
    text = _("%(day)s · %(worth)s a month") % {"day": formats.day(row.day, language), "worth": worth}
    return Line(row.account.name, page("accounts:contract_page", slug, row.contract_id), text)


def _renewals_title(facts: DigestFacts, currency: str, language: str) -> str:
    count = facts.renewal_count
    if not count:
        return _("No renewals in the next %(days)s days") % {"days": RENEWAL_DAYS}
    text = ngettext(
        "%(count)s renewal in the next %(days)s days, %(worth)s a month",
        "%(count)s renewals in the next %(days)s days, %(worth)s a month",
        count,
    )
    worth = formats.money_short(facts.renewal_worth, currency, language)
    return text % {"count": formats.number(count), "days": RENEWAL_DAYS, "worth": worth}


@dataclass(frozen=True)
class Mail:
    subject: str
    body: str
    html: str


def mail_of(shown: Digest, *, unsubscribe_url: str, preferences_url: str) -> Mail:
    context = {
        "digest": shown,
        "why_text": without_tags(shown.why),
        "unsubscribe_url": unsubscribe_url,
        "preferences_url": preferences_url,
        "language": "zh-CN" if (get_language() or "").startswith("zh") else "en",
    }
    text = render_to_string("mail/digest.txt", context)
    return Mail(shown.subject, text, render_to_string("mail/digest.html", context))


def without_tags(sentence: str) -> str:
    return html.unescape(strip_tags(sentence))


def message_of(shown: Digest) -> Message:
    """For a robot."""
    tiles = [_tile_line(tile) for tile in shown.tiles if not tile["none"]]
    sections = [
        Section(_("%(period)s · %(as_of)s") % {"period": shown.title, "as_of": shown.as_of}, tiles),
        Section(_("What moved MRR"), [with_links(shown.why)]),
        Section(_("Last 7 days"), [shown.week]),
    ]
    if shown.grew:
        sections.append(Section(_("Grew most in 7 days"), [_account_line(line) for line in shown.grew]))
    if shown.shrank:
        sections.append(Section(_("Shrank most in 7 days"), [_account_line(line) for line in shown.shrank]))
    renewals = [_account_line(line) for line in shown.renewals]
    if shown.renewals_more:
        renewals.append(f"[{shown.renewals_more}]({shown.renewals_url})")
    sections.append(Section(shown.renewals_title, renewals or [_("Nothing falls due.")]))
    return Message(plain(shown.subject), sections, _("Open the overview"), shown.url)


def _tile_line(tile: Mapping[str, Any]) -> str:
    change = f" {arrow(tile['delta'])} {tile['against']}" if tile["delta"] else ""
    note = f" · {tile['note']}" if tile["note"] else ""
    return f"{tile['label']} **{tile['value']}**{change}{note}"


def arrow(delta: formats.Delta) -> str:
    """A change with its arrow, so that its colour is not all that says it."""
    return {"up": "↑", "down": "↓"}.get(delta.direction, "") + delta.text


def _account_line(line: Line) -> str:
    return f"{link(line.name, line.url)} {line.text}"


def with_links(sentence: str) -> str:
    """A sentence of metrics.reasons in the robots' dialect. Each part is unescaped once: twice would make signs of the
    dialect out of a name that only spells them.
    """
    parts, end = [], 0
    for found in ANCHOR.finditer(sentence):
        parts += [html.unescape(sentence[end : found.start()]), link(html.unescape(found[2]), html.unescape(found[1]))]
        end = found.end()
    return "".join([*parts, html.unescape(sentence[end:])])
