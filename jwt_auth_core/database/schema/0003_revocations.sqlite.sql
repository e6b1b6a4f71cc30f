-- Revocations of access tokens: of a session, or of a user's from before a moment. Kept for an access
-- token's life. user_id is no reference: the tokens of a deleted user stay revoked.
CREATE TABLE auth_revocations (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT,
    user_id TEXT,
    valid_after BIGINT,
    recorded_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK ((session_id IS NULL) = (user_id IS NOT NULL) AND (user_id IS NULL) = (valid_after IS NULL))
);

CREATE INDEX auth_revocations_recorded_at ON auth_revocations (recorded_at);
CREATE INDEX auth_revocations_expires_at ON auth_revocations (expires_at);

-- For the readers that ask what was ended lately.
CREATE INDEX auth_revoked_sessions_revoked_at ON auth_revoked_sessions (revoked_at, session_id);
CREATE INDEX auth_accounts_valid_after ON auth_accounts (sessions_valid_after)
    WHERE sessions_valid_after IS NOT NULL;
CREATE INDEX auth_accounts_disabled_at ON auth_accounts (disabled_at) WHERE disabled_at IS NOT NULL;
