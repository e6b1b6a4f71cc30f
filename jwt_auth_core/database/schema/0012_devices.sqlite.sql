-- In which browsers and applications a user has signed in. The token is the browser's, whoever signs in there, and
-- is stored as its digest. failures counts wrong passwords since the user last signed in from there.
CREATE TABLE auth_devices (
    token_digest TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    second_factor_until BIGINT,
    PRIMARY KEY (token_digest, user_id)
);

CREATE INDEX auth_devices_user_id ON auth_devices (user_id);

-- Wrong passwords in a row, of those that came from elsewhere.
ALTER TABLE auth_accounts ADD COLUMN password_failures INTEGER NOT NULL DEFAULT 0;
