-- Logins that are right so far, until a second factor completes them. credential is a digest of the password hash that
-- stood when the login began, version the user's session version: what changes either voids the challenge.
CREATE TABLE auth_login_challenges (
    digest TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    methods TEXT NOT NULL,
    version BIGINT NOT NULL,
    credential TEXT NOT NULL,
    instead_of TEXT,
    attempts_left INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX auth_login_challenges_user_id ON auth_login_challenges (user_id);
CREATE INDEX auth_login_challenges_expires_at ON auth_login_challenges (expires_at);

-- Which kinds of second factors a user has, a bit each: what a login reads anyway tells who has none.
ALTER TABLE auth_accounts ADD COLUMN factor_kinds INTEGER NOT NULL DEFAULT 0;

-- What ends all of a user's sessions ends this, too: for how long no second factor is asked for at a device.
ALTER TABLE auth_devices ADD COLUMN second_factor_version BIGINT;
