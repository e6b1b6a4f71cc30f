-- Which sessions a user has opened, so that they can be listed, counted and ended by user.
CREATE TABLE auth_user_sessions (
    session_id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    opened_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE INDEX auth_user_sessions_user_id ON auth_user_sessions (user_id, opened_at);
CREATE INDEX auth_user_sessions_ends_at ON auth_user_sessions (ends_at);
