"""Accounts that are likely the same company: they share a name, a domain, or how one of their contacts is reached."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.queries import standing_accounts

# What many accounts have says nothing of two of them: a hotline, the domain of a group.
MOST_BEARERS = 10
# The likeliest pairs of a workspace, and of one account.
MOST_PAIRS = 200
# Anybody's mail may be there.
PUBLIC_DOMAINS = (
    "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "foxmail.com", "gmail.com", "gmx.com", "gmx.de",
    "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com",
    "proton.me", "protonmail.com", "qq.com", "sina.cn", "sina.com", "sohu.com", "tom.com", "vip.163.com", "vip.qq.com",
    "wo.cn", "yahoo.com", "yeah.net", "web.de",
)  # fmt: skip
# What a company's name is without its legal form: "Lanhai Co., Ltd." and "lanhai", 蓝海物流有限公司 and 蓝海物流.
LATIN_FORM = (
    r"[ ,.]+(co\.?,? *ltd|company|corp|corporation|inc|incorporated|limited|llc|llp|ltd|gmbh|ag|plc|s\.?a|"
    r"pte\.? *ltd|pty\.? *ltd|b\.?v)\.?$"
)
CHINESE_FORM = r"(集团)?(股份|有限责任|有限|控股)*(公司|集团)$"
PUNCTUATION = r"[[:space:][:punct:]·・（）【】《》，。、]+"
# How much each kind of evidence says, of which the kinds that two accounts share are added up.
WEIGHTS = {"mobile": 6, "mail": 6, "wechat": 6, "name": 5, "domain": 3}
KINDS = tuple(WEIGHTS)
LABELS: dict[str, Any] = {
    "name": _("same name"),
    "domain": _("same domain"),
    "mobile": _("same mobile"),
    "mail": _("same mail address"),
    "wechat": _("same WeChat id"),
}

# (account_id, kind, key) of every account; `of_…`: which of its names, its website, its contacts. What is left of a name is
# asked of few where `of_name` passes over the others by cheaper words.
TOLD = """
    select id as account_id, 'name' as kind,
      regexp_replace(regexp_replace(regexp_replace(
        plain, %(latin)s, ''), %(punctuation)s, '', 'g'), %(chinese)s, '') as key
    from (
      select a.id, lower(normalize(n.text, nfkc)) as plain
      from accounts_account a
      cross join lateral unnest(array[a.name, nullif(a.legal_name, a.name), nullif(a.short_name, a.name)]
        || a.former_names::text[]) as n (text)
      where a.workspace_id = %(workspace)s and a.voided_at is null and n.text <> '' {of_name}
    ) named
    union all
    select a.id, 'domain',
      (regexp_match(lower(a.website), '^(?:https?://)?(?:www[.])?([^/:?#[:space:]]+[.][^/:?#[:space:]]+)'))[1]
    from accounts_account a
    where a.workspace_id = %(workspace)s and a.voided_at is null and a.website <> '' {of_website}
    union all
    select c.account_id, r.kind, r.key
    from accounts_contact c
    cross join lateral (values
      ('mobile', regexp_replace(regexp_replace(c.mobile, '[^0-9]', '', 'g'), '^(0086|86)(?=1[0-9]{{10}}$)', '')),
      ('mail', lower(c.email)),
      ('wechat', lower(c.wechat)),
      ('domain', regexp_replace(lower(c.email), '^[^@]*@?', ''))
    ) as r (kind, key)
    where c.workspace_id = %(workspace)s and c.voided_at is null {of_contact}
"""
OF_ALL = {"of_name": "", "of_website": "", "of_contact": ""}
OF_ONE = {
    "of_name": "and a.id = %(account)s",
    "of_website": "and a.id = %(account)s",
    "of_contact": "and c.account_id = %(account)s",
}
# Those that may have a key of `keys`, and some others: a key is what is left of a text, in its order.
OF_KEYS = {
    "of_name": "and lower(normalize(n.text, nfkc)) like any (%(name)s)",
    "of_website": "and lower(a.website) like any (%(domain)s)",
    "of_contact": """and (c.mobile like any (%(mobile)s) or lower(c.email) = any (%(mail)s)
      or lower(c.wechat) = any (%(wechat)s) or lower(c.email) like any (%(domain)s))""",
}
TELLING = """key is not null and length(key) >= case kind when 'name' then 2 when 'mobile' then 7 else 4 end
    and not (kind = 'domain' and key = any(%(public)s))"""
PAIRS = """
with told as materialized ({told}),
-- Least and greatest id: cheaper than telling 600,000 accounts apart. Two people of one account share its domain, too.
shared as (
  select kind, key from told
  where {telling} {of_keys}
  group by kind, key having min(uuid_send(account_id)) < max(uuid_send(account_id))
),
bearer as materialized (
  select distinct account_id, kind, key from told join shared using (kind, key)
),
pair as (
  select f.account_id as first_id, s.account_id as second_id, f.kind, min(f.key) as key
  from (select kind, key from bearer group by 1, 2 having count(*) <= %(bearers)s) few
  join bearer f using (kind, key)
  join bearer s on s.kind = f.kind and s.key = f.key and s.account_id > f.account_id
  {of_pair}
  group by 1, 2, 3
)
select p.first_id, p.second_id, sum((%(weights)s::jsonb ->> p.kind)::integer) as score,
  jsonb_object_agg(p.kind, p.key) as evidence
from pair p
where not exists (
  select from accounts_distinctaccounts d
  where d.workspace_id = %(workspace)s and d.first_id = p.first_id and d.second_id = p.second_id
)
group by 1, 2
order by score desc, 1, 2
limit %(most)s
"""
KEYS = "select distinct kind, key from ({told}) told where {telling}"
PAIRS_OF_ALL = PAIRS.format(told=TOLD.format(**OF_ALL), telling=TELLING, of_keys="", of_pair="")
PAIRS_OF_ONE = PAIRS.format(
    told=TOLD.format(**OF_KEYS),
    telling=TELLING,
    of_keys="and (kind, key) in (select k ->> 0, k ->> 1 from jsonb_array_elements(%(keys)s::jsonb) k)",
    of_pair="where %(account)s in (f.account_id, s.account_id)",
)
KEYS_OF_ONE = KEYS.format(told=TOLD.format(**OF_ONE), telling=TELLING)


@dataclass(frozen=True)
class Likely:
    """Two standing accounts that may be one. evidence: [(what they share, in words; the value)], the strongest first."""

    first: Account
    second: Account
    score: int
    evidence: list[tuple[Any, str]]
    # The same by kind (of KINDS) instead of in words.
    shared: list[tuple[str, str]]

    def other_than(self, account: Account) -> Account:
        return self.second if self.first.pk == account.pk else self.first


def likely_duplicates(workspace, *, account: Account | None = None) -> list[Likely]:
    """The likeliest pairs, the likeliest first; of one account where it is given. One statement over all accounts, which
    for one account begins from what that one has.
    """
    asked: dict[str, Any] = {
        "workspace": workspace.pk,
        "latin": LATIN_FORM,
        "chinese": CHINESE_FORM,
        "punctuation": PUNCTUATION,
        "public": list(PUBLIC_DOMAINS),
        "bearers": MOST_BEARERS,
        "weights": json.dumps(WEIGHTS),
        "most": MOST_PAIRS,
    }
    with connection.cursor() as cursor:
        # Every row is read and hashed once: compiling the statement costs more than it gives.
        cursor.execute("select set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
        statement = PAIRS_OF_ALL
        if account is not None:
            statement = PAIRS_OF_ONE
            cursor.execute(KEYS_OF_ONE, asked | {"account": account.pk})
            asked |= {"account": account.pk} | _bearing(cursor.fetchall())
        cursor.execute(statement, asked)
        rows = cursor.fetchall()
    ids = {pk for first, second, *_rest in rows for pk in (first, second)}
    known = {one.pk: one for one in standing_accounts(workspace).filter(pk__in=ids)} if ids else {}
    return [
        Likely(known[first], known[second], score, *_in_words(evidence))
        for first, second, score, evidence in rows
        if first in known and second in known
    ]


def _bearing(keys: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The parameters by which OF_KEYS finds who may have one of the keys [(kind, key)]."""
    of_kind = {kind: [key for its, key in keys if its == kind] for kind in WEIGHTS}
    return {
        "keys": json.dumps(keys),
        # Forms, spaces and punctuation stand anywhere between the letters of the text that a name or number was.
        "name": ["".join(f"%{_meant(letter)}" for letter in key) + "%" for key in of_kind["name"]],
        "mobile": ["".join(f"%{letter}" for letter in key) + "%" for key in of_kind["mobile"]],
        "domain": [f"%{''.join(map(_meant, key))}%" for key in of_kind["domain"]],
        "mail": of_kind["mail"],
        "wechat": of_kind["wechat"],
    }


def _meant(letter: str) -> str:
    return "\\" + letter if letter in "\\%_" else letter


def _in_words(evidence) -> tuple[list[tuple[Any, str]], list[tuple[str, str]]]:
    found = json.loads(evidence) if isinstance(evidence, str) else evidence
    shared = [(kind, found[kind]) for kind in WEIGHTS if kind in found]
    return [(LABELS[kind], value) for kind, value in shared], shared
