select account_id from foreign_account
  union
  <<changing>>
