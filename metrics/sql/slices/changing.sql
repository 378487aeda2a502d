select distinct account_id from accounts_traitchange
  where workspace_id = %(workspace)s and dimension = any(%(dimensions)s)
