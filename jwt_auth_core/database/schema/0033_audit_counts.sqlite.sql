-- How many events of which outcome there were in a time: counted in the index, no row is read.
CREATE INDEX IF NOT EXISTS auth_audit_outcome ON auth_audit (outcome, at);
CREATE INDEX IF NOT EXISTS auth_audit_name ON auth_audit (name, outcome, at);
