-- What clients prove themselves by instead of a secret, and for whom they may exchange users' tokens; keys as a JWKS.
ALTER TABLE auth_clients ADD COLUMN keys TEXT;
ALTER TABLE auth_clients ADD COLUMN previous_keys TEXT;
ALTER TABLE auth_clients ADD COLUMN may_exchange TEXT NOT NULL DEFAULT '';
-- Assertions that were used, by digest, until nobody would believe them anyway.
CREATE TABLE auth_assertions (
    digest TEXT PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX auth_assertions_expires_at ON auth_assertions (expires_at);
