-- What limits refuse, counted until its window is over; then it is one row of auth_audit and goes from here.
CREATE TABLE auth_refusals (
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    closes_at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    user_id TEXT,
    address TEXT,
    PRIMARY KEY (rule, key, closes_at)
);

CREATE INDEX auth_refusals_closes_at ON auth_refusals (closes_at);
