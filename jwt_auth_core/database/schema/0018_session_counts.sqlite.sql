-- How often a session's tokens were presented: when all of each rate is there again, as JSON.
ALTER TABLE auth_sessions ADD COLUMN counts TEXT;
