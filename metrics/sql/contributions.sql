-- What accounts contribute to each sum of a period: the one place that says so. A full computation adds up the
-- contributions of all accounts; an incremental one those of the accounts concerned as they are, less as they were.
--
-- From counted_period (which periods, how far each is closed, and the day a year before), counted_day, counted_term
-- and counted_span (the figures of the accounts counted, `sign` 1 as they are, -1 as they were) and counted_rate: one
-- row a period with the sums of the contributions, each times its sign. To add a sum: a field of PeriodFigures, a part
-- here that works it out for each sign, a column of the last select; what stands at the end of a period, rather than
-- happens in it, is also named in contributions.STANDING.
--
-- counted_worth: what paying accounts were worth at the end of each day asked about; each converted at the day's rate
-- and rounded to cents before it is added. A table of its own, so that what is joined to it is planned for its size.
truncate counted_worth;

insert into counted_worth
with asked as (
  select sign, through as day from counted_period
  union
  select sign, year_ago from counted_period
)
select a.sign, a.day, d.account_id, d.balance
from asked a
join counted_day d on d.sign = a.sign and d.day <= a.day and (d.until is null or d.until > a.day)
where d.is_paying and d.other_balances is null
union all
select a.sign, a.day, d.account_id, round(d.balance + sum(o.value::numeric * r.rate), 2)
from asked a
join counted_day d on d.sign = a.sign and d.day <= a.day and (d.until is null or d.until > a.day)
cross join lateral jsonb_each_text(d.other_balances) o
join counted_rate r on r.sign = a.sign and r.day = a.day and r.currency = o.key
where d.is_paying and d.other_balances is not null
group by a.sign, a.day, d.account_id, d.balance;
analyze counted_worth;

with standing as (
  select sign, day, sum(value) as mrr_end, count(*) as customers_end
  from counted_worth
  group by 1, 2
),
-- Of those who were customers a year before: what they were worth then and now.
retained as (
  select e.sign, e.through, sum(t.value) as nrr_then, sum(n.value) as nrr_now,
    sum(least(n.value, t.value)) filter (where n.value is not null) as grr_now
  from (select distinct sign, through, year_ago from counted_period) e
  join counted_worth t on t.sign = e.sign and t.day = e.year_ago
  left join counted_worth n on n.sign = e.sign and n.day = e.through and n.account_id = t.account_id
  group by 1, 2
),
-- By day first: there are far fewer days than movements, and a day lies in a month, a quarter and a year.
moved_on as (
  select sign, day,
    sum(amount) filter (where kind = 'new') as new,
    sum(amount) filter (where kind = 'expansion') as expansion,
    sum(amount) filter (where kind = 'contraction') as contraction,
    sum(amount) filter (where kind = 'churn') as churn,
    sum(amount) filter (where kind = 'reactivation') as reactivation,
    count(*) filter (where kind = 'new') as new_customers
  from counted_day
  where kind is not null and day >= (select min(starts_on) from counted_period)
  group by 1, 2
),
moved as (
  select p.sign, p.interval, p.starts_on, sum(new) as new, sum(expansion) as expansion,
    sum(contraction) as contraction, sum(churn) as churn, sum(reactivation) as reactivation,
    sum(new_customers) as new_customers
  from counted_period p
  join moved_on m on m.sign = p.sign and m.day between p.starts_on and p.through
  group by 1, 2, 3
),
-- Customers at the start who are none at the end, whatever they did between; not the number of churn movements.
lost as (
  select p.sign, p.interval, p.starts_on, count(*) as churned_customers
  from counted_period p
  join counted_day e on e.sign = p.sign and e.day between p.starts_on and p.through
    and (e.until is null or e.until > p.through) and not e.is_paying
  join counted_day s on s.sign = e.sign and s.account_id = e.account_id
    and s.day < p.starts_on and s.until >= p.starts_on and s.is_paying
  group by 1, 2, 3
),
due_on as (
  select sign, day, count(*) as contracts_due,
    count(*) filter (where outcome in ('successor', 'itself')) as contracts_renewed,
    sum(value) as value_due, sum(value_renewed) as value_renewed
  from counted_term
  group by 1, 2
),
due as (
  select p.sign, p.interval, p.starts_on, sum(contracts_due) as contracts_due,
    sum(contracts_renewed) as contracts_renewed, sum(value_due) as value_due, sum(value_renewed) as value_renewed
  from counted_period p
  join due_on d on d.sign = p.sign and d.day between p.starts_on and p.through
  group by 1, 2, 3
),
-- What is signed and not begun, and what is known to end, at the end of each day asked about; per account converted at
-- the day's rate and rounded. A signed amount counts from the first day on which its currency has a rate: a closing does
-- not stop for what has not begun.
committed_of as (
  select e.sign, e.through, s.account_id,
    round(coalesce(sum(s.mrr * case when s.currency is null then 1 else r.rate end) filter (
      where s.first_day > e.through
    ), 0), 2) as committed_new,
    round(coalesce(sum(s.mrr * case when s.currency is null then 1 else r.rate end) filter (
      where s.first_day <= e.through
    ), 0), 2) as committed_lost
  from (select distinct sign, through from counted_period) e
  join counted_span s on s.sign = e.sign and (
    (s.known_from <= e.through and s.first_day > e.through)
    or (s.end_known_from <= e.through and s.first_day <= e.through and s.last_day >= e.through)
  )
  left join counted_rate r on r.sign = e.sign and r.day = e.through and r.currency = s.currency
  group by 1, 2, 3
),
committed as (
  select sign, through, sum(committed_new) as committed_new, sum(committed_lost) as committed_lost
  from committed_of
  group by 1, 2
)
select p.interval, p.starts_on,
  sum(p.sign * coalesce(w.mrr_end, 0)) as mrr_end,
  sum(p.sign * coalesce(w.customers_end, 0))::integer as customers_end,
  sum(p.sign * coalesce(r.nrr_then, 0)) as nrr_then,
  sum(p.sign * coalesce(r.nrr_now, 0)) as nrr_now,
  sum(p.sign * coalesce(r.grr_now, 0)) as grr_now,
  sum(p.sign * coalesce(m.new, 0)) as new,
  sum(p.sign * coalesce(m.expansion, 0)) as expansion,
  sum(p.sign * coalesce(m.contraction, 0)) as contraction,
  sum(p.sign * coalesce(m.churn, 0)) as churn,
  sum(p.sign * coalesce(m.reactivation, 0)) as reactivation,
  sum(p.sign * coalesce(m.new_customers, 0))::integer as new_customers,
  sum(p.sign * coalesce(l.churned_customers, 0))::integer as churned_customers,
  sum(p.sign * coalesce(d.contracts_due, 0))::integer as contracts_due,
  sum(p.sign * coalesce(d.contracts_renewed, 0))::integer as contracts_renewed,
  sum(p.sign * coalesce(d.value_due, 0)) as value_due,
  sum(p.sign * coalesce(d.value_renewed, 0)) as value_renewed,
  sum(p.sign * coalesce(c.committed_new, 0)) as committed_new,
  sum(p.sign * coalesce(c.committed_lost, 0)) as committed_lost,
  -- What balances on the last day are converted at, for the next time that they are taken back.
  (select coalesce(jsonb_object_agg(k.currency, k.rate::text), '{}') from counted_rate k
   where k.sign = 1 and k.day = max(p.through)) as rates
from counted_period p
left join standing w on w.sign = p.sign and w.day = p.through
left join retained r on r.sign = p.sign and r.through = p.through
left join moved m on m.sign = p.sign and m.interval = p.interval and m.starts_on = p.starts_on
left join lost l on l.sign = p.sign and l.interval = p.interval and l.starts_on = p.starts_on
left join due d on d.sign = p.sign and d.interval = p.interval and d.starts_on = p.starts_on
left join committed c on c.sign = p.sign and c.through = p.through
group by 1, 2;
