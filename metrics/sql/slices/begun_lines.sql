select account_id, value, min(day) as since from <<lines>> group by 1, 2
