-- Who acts for whom as an admin, until when; a row goes when that is over. It goes with the user's account, too.
CREATE TABLE auth_impersonations (
    impersonation_id TEXT PRIMARY KEY NOT NULL,
    actor_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    ends_at BIGINT NOT NULL
);

CREATE INDEX auth_impersonations_ends_at ON auth_impersonations (ends_at);
CREATE INDEX auth_impersonations_user_id ON auth_impersonations (user_id);
