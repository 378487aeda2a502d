(
    select account_id, value, day, until, open > 0 as is_paying, round(worth, 2) as worth, is_foreign from whole_moved
  ) whole_day
