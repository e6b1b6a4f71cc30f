-- When an account is to be erased; NULL for one that stays. A login before that takes it back.
ALTER TABLE auth_accounts ADD COLUMN deletion_at BIGINT;

CREATE INDEX auth_accounts_deletion_at ON auth_accounts (deletion_at) WHERE deletion_at IS NOT NULL;

-- Who was erased lately, and what the audit calls them since: for a day, so that what was written meanwhile goes, too.
CREATE TABLE auth_erasures (
    user_id TEXT PRIMARY KEY NOT NULL,
    pseudonym TEXT NOT NULL,
    erased_at BIGINT NOT NULL
);
