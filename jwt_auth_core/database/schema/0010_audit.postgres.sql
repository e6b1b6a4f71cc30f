-- What happened, one row an event; rows are only ever added, and old ones pruned. user_id is no reference:
-- what a deleted user did stays. txid tells the sealer which transactions are over.
CREATE TABLE auth_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id TEXT COLLATE "C" NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    user_id TEXT,
    session TEXT,
    address TEXT,
    user_agent TEXT,
    reason TEXT,
    facts TEXT,
    key_id TEXT,
    mac TEXT,
    txid BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)
);

CREATE INDEX auth_audit_at ON auth_audit (at);
CREATE INDEX auth_audit_txid ON auth_audit (txid);

-- One chain of seals over the rows. ids are the rows of a seal, prints what each of them was. A seal with
-- pruned_through says that the rows of all seals up to that one were pruned. cluster, horizon and above say where the
-- sealer goes on.
CREATE TABLE auth_audit_seals (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    first_id BIGINT,
    last_id BIGINT,
    newest_at BIGINT,
    ids TEXT NOT NULL,
    prints TEXT NOT NULL,
    digest TEXT NOT NULL,
    pruned_through BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    horizon BIGINT NOT NULL,
    above BIGINT NOT NULL,
    previous TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mac TEXT NOT NULL
);

-- The keys that rows and seals name, so that start-up can tell which must be configured.
CREATE TABLE auth_audit_keys (
    key_id TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
