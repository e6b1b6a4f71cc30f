-- Authenticator apps. secret is encrypted under the key that key_id names, and bound to its row and user. One whose
-- confirmed_at is null counts for nothing yet. last_step is the newest time step whose code was used.
CREATE TABLE auth_totp (
    factor_id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_used_at BIGINT
);

CREATE INDEX auth_totp_user_id ON auth_totp (user_id);
CREATE INDEX auth_totp_key_id ON auth_totp (key_id, factor_id);

-- What is left of a user's recovery codes: of each a digest that knows the user.
CREATE TABLE auth_recovery_codes (
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    PRIMARY KEY (user_id, digest)
);
