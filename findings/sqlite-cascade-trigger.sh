#!/usr/bin/env bash
# SQLite moves the rows of ON UPDATE CASCADE before it runs AFTER UPDATE triggers, so that a trigger which makes room for a
# new key deletes what has just been moved there; without foreign keys, which are off by default, it deletes nothing.
#
# Whoever keeps a second table in step by a trigger, because other programs write without foreign keys, must not have a
# cascade beside it: one and the same UPDATE loses the rows or keeps them, as the writer's connection is set.
# Seen with apsw 3.54.1.0 on Python 3.11 (Linux x86-64):
#   foreign_keys=ON: []
#   foreign_keys=OFF: [('b', 'editor')]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet apsw==3.54.1.0

cat >"$folder/seen.py" <<'PYTHON'
import sys

import apsw

SCHEMA = """
    CREATE TABLE accounts (id TEXT PRIMARY KEY);
    CREATE TABLE roles (id TEXT REFERENCES accounts (id) ON UPDATE CASCADE, role TEXT, PRIMARY KEY (id, role));
    CREATE TRIGGER keep AFTER UPDATE OF id ON accounts BEGIN
        DELETE FROM roles WHERE id = NEW.id; -- what a former owner of the new id may have left
        UPDATE roles SET id = NEW.id WHERE id = OLD.id;
    END;
    INSERT INTO accounts VALUES ('a');
    INSERT INTO roles VALUES ('a', 'editor');
"""

print("SQLite", apsw.sqlite_lib_version())
found = {}
for setting in ("ON", "OFF"):
    database = apsw.Connection(":memory:")
    database.execute(f"PRAGMA foreign_keys = {setting}")
    database.execute(SCHEMA)
    database.execute("UPDATE accounts SET id = 'b'")
    found[setting] = list(database.execute("SELECT * FROM roles"))
    print(f"foreign_keys={setting}: {found[setting]}")
sys.exit(found != {"ON": [], "OFF": [("b", "editor")]})
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
