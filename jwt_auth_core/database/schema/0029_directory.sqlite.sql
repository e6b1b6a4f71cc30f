-- For the list of users: those who are disabled by address. The index by role has the user's id already.
CREATE INDEX IF NOT EXISTS auth_accounts_disabled ON auth_accounts (email_canonical) WHERE disabled_at IS NOT NULL;
