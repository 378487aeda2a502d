-- What the contract's lines that count come to on the day as if nothing renewed it, and what all of them do: the
  -- contract's value falls to its products by this share.
  join lateral (
    select <<product>> as product_id, sum(s.mrr) filter (where true<<conditions>>) as amount, sum(sum(s.mrr)) over () as total
    from metrics_linespan s
    where s.workspace_id = %(workspace)s and s.account_id = t.account_id and s.contract_id = t.contract_id
      and s.first_day <= t.day and (s.leaves_on is null or s.leaves_on >= t.day)
    group by 1
  ) s on s.amount > 0
