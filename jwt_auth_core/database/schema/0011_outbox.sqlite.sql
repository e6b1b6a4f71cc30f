-- What is still to be told to somebody outside: facts, of which the text is made when it is sent. A row goes
-- when it was delivered. due_at is when it is due; while lease_owner has it, when that lease ends.
CREATE TABLE auth_outbox (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    facts TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_owner TEXT,
    dead_at BIGINT,
    error TEXT
);

CREATE INDEX auth_outbox_due_at ON auth_outbox (kind, due_at, id) WHERE dead_at IS NULL;
CREATE INDEX auth_outbox_created_at ON auth_outbox (created_at);
