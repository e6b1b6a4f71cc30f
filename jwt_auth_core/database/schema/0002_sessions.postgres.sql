-- Refresh sessions, for installations without Redis; of tokens only SHA-256 digests in base64url.
-- No index but the key's: a refresh changes no indexed column, so the new row stays on its page (HOT).
CREATE TABLE auth_sessions (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT NOT NULL,
    current_digest TEXT NOT NULL,
    generation BIGINT NOT NULL,
    previous_digest TEXT,
    confirmed_at BIGINT NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    methods TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    ended_reason TEXT,
    ended_at BIGINT
) WITH (fillfactor = 80);
