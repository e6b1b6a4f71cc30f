-- Roles: a name for scopes, and who has which. The triggers of guard.py keep both in step with the accounts,
-- whether whoever writes to users has switched foreign keys on or not.
CREATE TABLE auth_roles (
    name TEXT COLLATE BINARY PRIMARY KEY NOT NULL,
    scopes TEXT NOT NULL
);

CREATE TABLE auth_user_roles (
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    role TEXT COLLATE BINARY NOT NULL REFERENCES auth_roles (name),
    PRIMARY KEY (user_id, role)
) WITHOUT ROWID;

CREATE INDEX auth_user_roles_role ON auth_user_roles (role);

-- A cut-off of access tokens alone: how often there was one, which new tokens carry, and when it was last.
ALTER TABLE auth_accounts ADD COLUMN token_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_accounts ADD COLUMN tokens_valid_after BIGINT;
ALTER TABLE auth_revocations ADD COLUMN token_version BIGINT;

CREATE INDEX auth_accounts_tokens_valid_after ON auth_accounts (tokens_valid_after)
    WHERE tokens_valid_after IS NOT NULL;
