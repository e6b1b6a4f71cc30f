-- Passkeys of users, their public halves, and what authenticators know users by. They go with the account.
CREATE TABLE auth_passkey_handles (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    handle TEXT NOT NULL UNIQUE
);

CREATE TABLE auth_passkeys (
    passkey_id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_passkey_handles (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    transports TEXT NOT NULL,
    aaguid TEXT NOT NULL,
    is_synced INTEGER NOT NULL,
    is_backed_up INTEGER NOT NULL,
    is_user_verified INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX auth_passkeys_user_id ON auth_passkeys (user_id, created_at);
