-- The facts behind a restatement, the latest first, one row for each thing that was changed: a rate that touched ten
-- thousand accounts is one.
insert into metrics_restatementfact
  (workspace_id, batch_id, at, actor, subject_type, subject_id, subject_label, from_day, accounts)
select %(workspace)s, %(batch)s, max(at), (array_agg(actor order by id desc))[1], subject_type, subject_id,
  (array_agg(subject_label order by id desc))[1], min(from_day), count(distinct account_id)
from accounts_changedfact
where workspace_id = %(workspace)s and id = any(%(facts)s) and from_day <= %(through)s and subject_type <> ''
group by subject_type, subject_id
order by max(id) desc
limit %(most)s;
