-- For the list of users: those who are disabled by address, and those who have a role by id.
CREATE INDEX IF NOT EXISTS auth_accounts_disabled ON auth_accounts (email_canonical) WHERE disabled_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS auth_user_roles_of_role ON auth_user_roles (role, user_id);
DROP INDEX auth_user_roles_role;
