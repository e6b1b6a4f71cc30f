CREATE TABLE IF NOT EXISTS users (
    user_id UUID PRIMARY KEY,
    email TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

-- What a user needs beyond the documented columns; email_canonical is the e-mail identity (ID-1).
CREATE TABLE auth_accounts (
    user_id UUID PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
    email_canonical TEXT COLLATE "C" NOT NULL UNIQUE,
    scopes TEXT NOT NULL DEFAULT '',
    disabled_at BIGINT,
    sessions_valid_after BIGINT
);

-- Sessions ended one by one, kept until each would have ended by itself.
CREATE TABLE auth_revoked_sessions (
    session_id TEXT PRIMARY KEY,
    user_id UUID,
    reason TEXT NOT NULL,
    revoked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX auth_revoked_sessions_expires_at ON auth_revoked_sessions (expires_at);
