-- How often everything of a user was ended: it orders logins and cut-offs within one second.
ALTER TABLE auth_accounts ADD COLUMN session_version BIGINT NOT NULL DEFAULT 0;

-- The user's number when the session began; NULL in older rows, which are judged by their time.
ALTER TABLE auth_sessions ADD COLUMN session_version BIGINT;
ALTER TABLE auth_revocations ADD COLUMN session_version BIGINT;

-- Cut-offs used to run ahead of the clock.
UPDATE auth_accounts SET sessions_valid_after = CAST(strftime('%%s', 'now') AS INTEGER)
    WHERE sessions_valid_after > CAST(strftime('%%s', 'now') AS INTEGER);
