-- Roles: a name for scopes, and who has which.
CREATE TABLE auth_roles (
    name TEXT COLLATE "C" PRIMARY KEY,
    scopes TEXT NOT NULL
);

CREATE TABLE auth_user_roles (
    user_id UUID NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    role TEXT COLLATE "C" NOT NULL REFERENCES auth_roles (name),
    PRIMARY KEY (user_id, role)
);

CREATE INDEX auth_user_roles_role ON auth_user_roles (role);

-- A cut-off of access tokens alone: how often there was one, which new tokens carry, and when it was last.
ALTER TABLE auth_accounts ADD COLUMN token_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_accounts ADD COLUMN tokens_valid_after BIGINT;
ALTER TABLE auth_revocations ADD COLUMN token_version BIGINT;

CREATE INDEX auth_accounts_tokens_valid_after ON auth_accounts (tokens_valid_after)
    WHERE tokens_valid_after IS NOT NULL;
