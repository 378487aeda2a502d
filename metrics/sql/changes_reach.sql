-- From which day on converted balances of touched accounts may differ though nothing of theirs changed in its own
-- currency: a rate was entered or withdrawn.
select min(f.from_day) as day
from accounts_changedfact f
join touched t on t.account_id = f.account_id
where f.workspace_id = %(workspace)s and f.id = any(%(facts)s) and exists (
  select from metrics_linespan s
  where s.workspace_id = %(workspace)s and s.account_id = f.account_id and s.currency <> %(base)s
);
