-- Changes of addresses: asked for (confirmed_at NULL, one a user), or done and to be undone until undo_until. Until then
-- old_canonical is reserved. number is the order in which a user's were done; letter_id is that of the letter to confirm.
CREATE TABLE auth_email_changes (
    letter_id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE,
    old_email TEXT NOT NULL,
    old_canonical TEXT COLLATE "C" NOT NULL,
    new_email TEXT NOT NULL,
    new_canonical TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    number BIGINT,
    confirmed_at BIGINT,
    undo_until BIGINT
);

CREATE INDEX auth_email_changes_user_id ON auth_email_changes (user_id);
CREATE INDEX auth_email_changes_old_canonical ON auth_email_changes (old_canonical);
CREATE INDEX auth_email_changes_undo_until ON auth_email_changes (undo_until);
