-- Writes the line spans of the touched accounts: only what differs, so that a second run changes nothing.
delete from metrics_linespan s
using touched t
where s.workspace_id = %(workspace)s and s.account_id = t.account_id and not exists (
  select from closing_line n
  where n.line_id = s.line_id and n.account_id = s.account_id and n.contract_id = s.contract_id
    and n.product_id = s.product_id and n.currency = s.currency and n.first_day = s.first_day
    and least(n.ends_early, n.last_day) is not distinct from s.last_day
    and n.ends_early is not distinct from s.leaves_on and n.mrr = s.mrr
    and n.known_from is not distinct from s.known_from and n.end_known_from is not distinct from s.end_known_from
);

insert into metrics_linespan
  (workspace_id, line_id, account_id, contract_id, product_id, currency, first_day, last_day, leaves_on, mrr,
    known_from, end_known_from)
select %(workspace)s, n.line_id, n.account_id, n.contract_id, n.product_id, n.currency, n.first_day,
  least(n.ends_early, n.last_day), n.ends_early, n.mrr, n.known_from, n.end_known_from
from closing_line n
-- A line whose first day is after its last is never alive.
where (least(n.ends_early, n.last_day) is null or least(n.ends_early, n.last_day) >= n.first_day) and not exists (
  select from metrics_linespan s where s.workspace_id = %(workspace)s and s.line_id = n.line_id
);
