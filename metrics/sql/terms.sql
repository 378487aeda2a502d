-- From closing_contract and closing_line: new_term, the term ends of those contracts through the first one after
-- %(through)s, with what became of each, and its values where the day is closed.
--
-- closing_term: which they are. A table of its own, so that the values are planned for as many as there are.
insert into closing_term
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
)
-- After a term end settled by a successor or by notice no further term falls due.
select contract_id, number, account_id, currency, day, grace_ends_on, outcome, term_months, succeeded_on,
  successor_signed_on
from (
  select *, coalesce(bool_or(outcome <> 'itself') over (
    partition by contract_id order by number rows between unbounded preceding and 1 preceding
  ), false) as is_over
  from settled
) numbered
where not is_over;
analyze closing_term;

insert into new_term
with native as (
  -- As if nothing renewed it: a line counts unless it left on a day of its own before.
  select t.contract_id, t.number, sum(l.mrr) as amount
  from closing_term t
  join closing_line l on l.contract_id = t.contract_id and l.first_day <= t.day
    and (l.ends_early is null or l.ends_early >= t.day)
  group by 1, 2
),
valued as (
  select t.*, coalesce(n.amount, 0) as amount,
    round(n.amount * case when t.currency = %(base)s then 1 else r.rate end, 2) as value
  from closing_term t
  left join native n on n.contract_id = t.contract_id and n.number = t.number
  left join lateral (
    select rate from closing_rate
    where t.currency <> %(base)s and currency = t.currency and from_day <= t.day
    order by from_day desc limit 1
  ) r on true
),
-- What each contract that starts on the successors' earliest day is worth on it, in its own currency.
follower as (
  select t.contract_id, t.number, t.succeeded_on, n.id as follower_id, s.currency, sum(s.mrr) as amount
  from closing_term t
  join accounts_contract n on n.workspace_id = %(workspace)s and n.renews_id = t.contract_id
    and n.account_id = t.account_id and n.starts_on = t.succeeded_on and n.kind = 'subscription'
    and n.voided_at is null
  join metrics_linespan s on s.workspace_id = %(workspace)s and s.account_id = t.account_id
    and s.contract_id = n.id and s.first_day <= t.succeeded_on
    and (s.last_day is null or s.last_day >= t.succeeded_on)
  where t.outcome = 'successor' and t.day <= %(through)s
  group by 1, 2, 3, 4, 5
),
followed as (
  select f.contract_id, f.number,
    sum(round(f.amount * case when f.currency = %(base)s then 1 else r.rate end, 2)) as value,
    min(f.currency) filter (where f.currency <> %(base)s and r.rate is null) as lacking
  from follower f
  left join lateral (
    select rate from closing_rate
    where f.currency <> %(base)s and currency = f.currency and from_day <= f.succeeded_on
    order by from_day desc limit 1
  ) r on true
  group by 1, 2
)
select v.contract_id, v.number, v.account_id, v.day, v.grace_ends_on, v.outcome,
  case when v.outcome = 'itself' then v.term_months end, v.currency, v.amount,
  case when v.outcome = 'successor' then v.succeeded_on end,
  case when v.outcome = 'successor' then v.successor_signed_on end,
  case when v.day <= %(through)s then coalesce(v.value, 0) end,
  case
    when v.day > %(through)s then null
    when v.outcome = 'itself' then coalesce(v.value, 0)
    when v.outcome = 'successor' then least(coalesce(v.value, 0), coalesce(f.value, 0))
    else 0
  end,
  -- A rate that is missing where an amount is not zero, for the caller to refuse with.
  case when v.day <= %(through)s and v.amount <> 0 and v.value is null then v.currency else f.lacking end,
  case when v.day <= %(through)s and v.amount <> 0 and v.value is null then v.day when f.lacking is not null then v.succeeded_on end
from valued v
left join followed f on f.contract_id = v.contract_id and f.number = v.number;
analyze new_term;
