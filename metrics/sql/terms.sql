-- From closing_contract and closing_line: new_term, the term ends of those contracts through the first one after
-- %(through)s, with what became of each, and its values where the day is closed.
insert into new_term
with settings as (
  select effective_from, lead(effective_from) over (order by effective_from) as next_from, renewal_grace_days
  from workspaces_metricsettings
  where workspace_id = %(workspace)s
),
rolled as (
  select c.*, k.number, e.day, e.day + coalesce(g.renewal_grace_days, 0) as grace_ends_on
  from closing_contract c
  -- Up to the first term end after the closed days; a contract that does not roll has one.
  cross join lateral generate_series(
    0,
    case when c.term_months is null or c.ends_on > %(through)s then 0
         else whole_months(c.ends_on + 1, %(through)s + 1) / c.term_months + 1 end
  ) as k(number)
  cross join lateral (
    select case when k.number = 0 then c.ends_on
                else add_months(c.ends_on + 1, k.number * c.term_months) - 1 end as day
  ) e
  left join settings g on g.effective_from <= e.day and (g.next_from is null or g.next_from > e.day)
  where c.ends_on is not null
),
settled as (
  select *,
    case
      when succeeded_on <= grace_ends_on + 1 then 'successor'
      when term_months is null and cancelled_on is not null then 'given_up'
      when term_months is null then 'undecided'
      when cancelled_on <= day then 'given_up'
      else 'itself'
    end as outcome
  from rolled
),
-- After a term end settled by a successor or by notice no further term falls due.
due as (
  select *
  from (
    select *, coalesce(bool_or(outcome <> 'itself') over (
      partition by contract_id order by number rows between unbounded preceding and 1 preceding
    ), false) as is_over
    from settled
  ) numbered
  where not is_over
),
native as (
  select d.*,
    -- As if nothing renewed it: a line counts unless it left on a day of its own before.
    case when d.day <= %(through)s then coalesce((
      select sum(l.mrr) from closing_line l
      where l.contract_id = d.contract_id and l.first_day <= d.day and (l.ends_early is null or l.ends_early >= d.day)
    ), 0) end as amount
  from due d
),
valued as (
  select n.*, r.rate,
    round(n.amount * case when n.currency = %(base)s or n.amount = 0 then 1 else r.rate end, 2) as value
  from native n
  left join lateral (
    select rate from closing_rate
    where n.currency <> %(base)s and currency = n.currency and from_day <= n.day
    order by from_day desc limit 1
  ) r on true
)
select v.contract_id, v.number, v.account_id, v.day, v.grace_ends_on, v.outcome,
  case when v.outcome = 'itself' then v.term_months end as repeats_after,
  v.value,
  case
    when v.value is null then null
    when v.outcome = 'itself' then v.value
    when v.outcome = 'successor' then least(v.value, coalesce(s.value, 0))
    else 0
  end::numeric(20, 2) as value_renewed,
  -- A rate that is missing where an amount is not zero, for the caller to refuse with.
  case when v.amount <> 0 and v.value is null then v.currency else s.lacking end as lacking_currency,
  case when v.amount <> 0 and v.value is null then v.day else v.succeeded_on end as lacking_day
from valued v
left join lateral (
  select sum(p.value) as value, min(p.currency) filter (where p.value is null) as lacking
  from (
    select c.currency, round(sum(c.mrr) * case when c.currency = %(base)s then 1 else max(r.rate) end, 2) as value
    from accounts_contract n
    join metrics_linespan c on c.workspace_id = n.workspace_id and c.account_id = n.account_id
      and c.contract_id = n.id and c.first_day <= v.succeeded_on
      and (c.last_day is null or c.last_day >= v.succeeded_on)
    left join lateral (
      select rate from closing_rate
      where c.currency <> %(base)s and currency = c.currency and from_day <= v.succeeded_on
      order by from_day desc limit 1
    ) r on true
    where n.workspace_id = %(workspace)s and n.renews_id = v.contract_id and n.account_id = v.account_id
      and n.starts_on = v.succeeded_on and n.kind = 'subscription' and n.voided_at is null
    group by n.id, c.currency
  ) p
  where v.outcome = 'successor' and v.value is not null
) s on true;
analyze new_term;
