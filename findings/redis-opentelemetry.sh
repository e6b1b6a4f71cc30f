#!/usr/bin/env bash
# Importing redis-py imports OpenTelemetry's API wherever that is installed, though nobody asked redis-py for telemetry.
#
# redis-py's observability is off until `redis.observability.init()` is called, and needs the SDK. Its modules are imported by
# `import redis` all the same, and import `opentelemetry.metrics` where they find it. So "opentelemetry is in sys.modules" does not
# say that an application traces or measures anything, and each start pays for the import.
# Seen with redis 8.1.0, opentelemetry-api 1.45.2 on Python 3.11 (Linux x86-64):
#   before `import redis`: opentelemetry.metrics not loaded; after it: loaded, without an SDK
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet redis==8.1.0 opentelemetry-api==1.45.2

cat >"$folder/seen.py" <<'PYTHON'
import sys
from importlib.metadata import version

before = "opentelemetry.metrics" in sys.modules
import redis  # noqa: E402, F401

after = "opentelemetry.metrics" in sys.modules
sdk = any(name.startswith("opentelemetry.sdk") for name in sys.modules)
print(f"redis {version('redis')}, opentelemetry-api {version('opentelemetry-api')}")
print(f"opentelemetry.metrics loaded before: {before}; after: {after}; an SDK: {sdk}")
sys.exit((before, after, sdk) != (False, True, False))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
