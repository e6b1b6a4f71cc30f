-- The sessions of all users, the newest first, and those that were opened from an address. A refresh changes none of it.
ALTER TABLE auth_user_sessions ADD COLUMN IF NOT EXISTS address TEXT;
CREATE INDEX IF NOT EXISTS auth_user_sessions_opened_at ON auth_user_sessions (opened_at, session_id);
CREATE INDEX IF NOT EXISTS auth_user_sessions_address ON auth_user_sessions (address, opened_at, session_id)
    WHERE address IS NOT NULL;
