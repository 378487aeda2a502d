-- What is said of closed periods and what they are: the last row published of each beside the period's own, sum by sum; and
-- the log of restatements, each of which must go on where the one before it left off and end with what is published.
with published as (
  select distinct on (interval, starts_on) interval, starts_on, figures
  from metrics_publishedfigures
  where workspace_id = %(workspace)s
  order by interval, starts_on, id desc
),
period as (
  select interval, starts_on, to_jsonb(f) as sums
  from metrics_periodfigures f
  where workspace_id = %(workspace)s and through = ends_on
),
told as (
  select r.id, r.starts_on, k.key, r.before ->> k.key as before, r.after ->> k.key as after
  from metrics_restatement r
  cross join lateral (
    select jsonb_object_keys(coalesce(r.before, '{}')) union select jsonb_object_keys(coalesce(r.after, '{}'))
  ) k(key)
  where r.workspace_id = %(workspace)s and r.interval = 'month'
),
chained as (
  select *, row_number() over upwards as number, lag(after) over upwards as left_at, lead(id) over upwards as next
  from told
  window upwards as (partition by starts_on, key order by id)
)
select p.interval, p.starts_on, 'it is closed and was never published' as what
from period p left join published s using (interval, starts_on)
where s.figures is null
union all
select s.interval, s.starts_on, 'it is published, and there is none'
from published s left join period p using (interval, starts_on)
where s.figures is not null and p.sums is null
union all
select interval, starts_on, format('%%s is published as %%s and is %%s', key, s.figures ->> key, p.sums ->> key)
from published s join period p using (interval, starts_on)
cross join lateral jsonb_object_keys(s.figures) key
where key <> 'contracts_open' and s.figures ->> key is not null
  and (s.figures ->> key)::numeric is distinct from (p.sums ->> key)::numeric
union all
select 'month', starts_on,
  format('%%s is restated from %%s, and was left at %%s before', key, coalesce(before, 'nothing'), coalesce(left_at, 'nothing'))
from chained
where number > 1 and before is distinct from left_at
union all
select 'month', c.starts_on,
  format('%%s was restated to %%s, and is published as %%s', c.key, coalesce(c.after, 'nothing'), s.figures ->> n.name)
from chained c
join (values
  ('mrr', 'mrr_end'), ('customers', 'customers_end'), ('new', 'new'), ('expansion', 'expansion'),
  ('contraction', 'contraction'), ('churn', 'churn'), ('reactivation', 'reactivation'),
  ('new_customers', 'new_customers'), ('churned_customers', 'churned_customers'), ('spend', 'spend'),
  ('contracts_due', 'contracts_due'), ('contracts_renewed', 'contracts_renewed'),
  ('committed_new', 'committed_new'), ('committed_lost', 'committed_lost')
) n(key, name) on n.key = c.key
left join published s on s.interval = 'month' and s.starts_on = c.starts_on
where c.next is null and c.after::numeric is distinct from (s.figures ->> n.name)::numeric
union all
select 'batch', b.at::date, 'figures were restated, and no fact says why'
from metrics_restatementbatch b
where b.workspace_id = %(workspace)s and b.reason in ('facts', 'spend')
  and not exists (
    select from metrics_restatementfact f where f.workspace_id = b.workspace_id and f.batch_id = b.id
  )
order by 2, 1, 3
