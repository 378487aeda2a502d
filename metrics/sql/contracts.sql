-- From wanted_contract (contract_id): effective dates of each standing subscription, and what its lines come to.
--
-- closing_contract: one row a contract. `lasts` is its last day were nothing to renew it, `succeeded_on` the day its
-- earliest successor starts, `successor_signed_on` the first day on which one that starts then was signed, `last_day` what counts (null: never ends), `term_months` the length of a rolled term.
insert into closing_contract
with settings as (
  select effective_from, lead(effective_from) over (order by effective_from) as next_from, renewal_grace_days,
    churn_timing
  from workspaces_metricsettings
  where workspace_id = %(workspace)s
),
-- Several successors that start on the earliest day succeed together; one that starts later cuts nothing.
succession as (
  select distinct on (s.renews_id, s.account_id) s.renews_id as contract_id, s.account_id, s.starts_on as succeeded_on,
    min(s.signed_on) as successor_signed_on
  from accounts_contract s
  join wanted_contract w on w.contract_id = s.renews_id
  where s.workspace_id = %(workspace)s and s.kind = 'subscription' and s.voided_at is null
  group by 1, 2, 3
  order by 1, 2, 3
),
standing as (
  select c.id as contract_id, c.account_id, c.currency, c.starts_on, c.ends_on, c.cancelled_on,
    case when c.tax_included then 100 + coalesce(c.tax_rate_percent, 0) else 100 end as tax_parts,
    coalesce(g.renewal_grace_days, 0) as grace, s.succeeded_on, s.successor_signed_on,
    coalesce(c.signed_on, c.starts_on) as known_from,
    -- Without a written end there is no term to roll over.
    case when c.auto_renew and c.ends_on is not null
         then greatest(whole_months(c.starts_on, c.ends_on + 1), 1) end as term_months,
    -- The day of notice, where MRR counts no longer than until then.
    case when n.churn_timing = 'notice' then c.cancelled_on end as counted_to
  from accounts_contract c
  join wanted_contract w on w.contract_id = c.id
  join accounts_account a on a.workspace_id = c.workspace_id and a.id = c.account_id and a.voided_at is null
  left join settings g on g.effective_from <= coalesce(c.ends_on, c.starts_on)
    and (g.next_from is null or g.next_from > coalesce(c.ends_on, c.starts_on))
  left join settings n on n.effective_from <= c.cancelled_on
    and (n.next_from is null or n.next_from > c.cancelled_on)
  left join succession s on s.contract_id = c.id and s.account_id = c.account_id
  where c.workspace_id = %(workspace)s and c.kind = 'subscription' and c.voided_at is null
),
lasting as (
  select *,
    case
      when ends_on is null then null
      when term_months is not null and cancelled_on is null then null
      when term_months is not null and cancelled_on <= ends_on then ends_on
      -- The first rolled end not before the notice: always from the original date, because 31 January, 28 February,
      -- 31 March is no chain of steps.
      when term_months is not null then
        add_months(ends_on + 1, (whole_months(ends_on + 1, cancelled_on) / term_months + 1) * term_months) - 1
      when cancelled_on is null then ends_on + grace
      when cancelled_on <= ends_on then ends_on
      else least(cancelled_on, ends_on + grace)
    end as lasts
  from standing
)
-- least() passes over nulls, so a contract that never ends is ended by its successor.
select contract_id, account_id, currency, starts_on, ends_on, cancelled_on, tax_parts, grace, succeeded_on,
  successor_signed_on, term_months, lasts, least(lasts, succeeded_on - 1, counted_to),
  known_from,
  -- Notice says when it will be over, and so does whoever signs what takes its place; that nobody has, says nothing yet.
  case when least(lasts, succeeded_on - 1) is not null then
    least(cancelled_on, case when succeeded_on - 1 <= coalesce(lasts, succeeded_on) then
      coalesce(successor_signed_on, succeeded_on) end)
  end
from lasting;
analyze closing_contract;

-- closing_line: the lines of those contracts that do not come to zero. `ends_early` is the day on which a line leaves
-- before its contract; null when it runs to whatever its contract's last day is.
insert into closing_line
with priced as (
  select l.id as line_id, l.product_id, c.contract_id, c.account_id, c.currency, c.last_day,
    coalesce(l.starts_on, c.starts_on) as first_day,
    case when l.ends_on is distinct from c.ends_on then l.ends_on end as ends_early,
    c.known_from, c.end_known_from,
    l.quantity * l.unit_amount * (100 - l.discount_percent) as amount,
    c.tax_parts as parts,
    -- How many months the amount is for, as the fraction spread / over.
    case
      when l.interval_months is not null then l.interval_months
      when l.interval = 'week' then 12
      when l.interval = 'month' then 1
      when l.interval = 'quarter' then 3
      when l.interval = 'half_year' then 6
      when l.interval = 'year' then 12
      else 30 * t.months + (t.after - add_months(t.first_day, t.months))
    end as spread,
    case when l.interval_months is not null then 1 when l.interval = 'week' then 52 when l.interval = 'term' then 30
         else 1 end as over
  from closing_contract c
  join accounts_contractline l on l.workspace_id = %(workspace)s and l.contract_id = c.contract_id
  left join lateral (
    select w.first_day, w.after, whole_months(w.first_day, w.after) as months
    from (select coalesce(l.starts_on, c.starts_on) as first_day, coalesce(l.ends_on, c.ends_on) + 1 as after) w
    where l.interval = 'term' and l.interval_months is null
  ) t on true
)
select line_id, contract_id, account_id, currency, first_day, last_day, ends_early, mrr, product_id, known_from,
  case when ends_early <= last_day or (ends_early is not null and last_day is null) then known_from
       else end_known_from end
from (
  -- A quotient of numerics is itself rounded, and rounding it again to cents can go up where half a cent was never
  -- reached. div() is exact: twice the amount in cents plus the divisor, over twice the divisor, is half up in one step.
  select *, div(amount * over * 200 + parts * spread, parts * spread * 2) / 100.0 as mrr
  from priced
  where spread > 0
) rounded
where mrr > 0;
analyze closing_line;
