select t.account_id, t.contract_id, t.number, t.day, t.grace_ends_on, t.outcome, <<value>> as slice_value,
    t.outcome = 'undecided' and t.grace_ends_on >= %(closed)s as is_open,
    <<worth>> as value, <<renewed>> as value_renewed
  from metrics_termend t<<join>>
  where t.workspace_id = %(workspace)s and t.day between %(first)s and %(last)s<<conditions>>
