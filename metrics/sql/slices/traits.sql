-- What an account was on a day is `before` of its earliest change after that day, else what it is now.
  cross join lateral (
    select coalesce((
      select t.before::text[] from accounts_traitchange t
      where t.workspace_id = %(workspace)s and t.account_id = <<account>> and t.dimension = %(<<dimension>>)s
        and t.changed_on > <<day>>
      order by t.changed_on limit 1
    ), <<now>>) as has
  ) <<alias>>
