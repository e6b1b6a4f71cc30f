-- Which sessions a user has opened, so that they can be listed, counted and ended by user. user_id is no
-- reference: whoever holds the user's row locked would keep the user from logging in.
CREATE TABLE auth_user_sessions (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    user_id UUID NOT NULL,
    opened_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE INDEX auth_user_sessions_user_id ON auth_user_sessions (user_id, opened_at);
CREATE INDEX auth_user_sessions_ends_at ON auth_user_sessions (ends_at);
